package bulwark.seats.seat;

import bulwark.seats.contract.EvmAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A validator seat: public key and withdrawal credentials, and how far it came. Immutable. */
public record Seat(
        long id,
        long operatorId,
        String status,
        String custody,
        String pubkey,
        String withdrawalCredentials,
        @Nullable String vaultAddress,
        @Nullable String beneficiary,
        String amountGwei,
        long version,
        String createdAt,
        String updatedAt) {
    /** That its withdrawal credentials name. */
    public EvmAddress vault() {
        return EvmAddress.ofCredentials(withdrawalCredentials);
    }

    /** As answers show it: ids and amounts are texts. */
    public Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", Long.toString(id));
        json.put("operatorId", Long.toString(operatorId));
        json.put("status", status);
        json.put("custody", custody);
        json.put("pubkey", pubkey);
        json.put("withdrawalCredentials", withdrawalCredentials);
        json.put("vaultAddress", vaultAddress);
        json.put("beneficiary", beneficiary);
        json.put("amountGwei", amountGwei);
        json.put("createdAt", createdAt);
        json.put("updatedAt", updatedAt);
        return json;
    }
}
