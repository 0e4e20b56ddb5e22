package bulwark.seats.signer;

import bulwark.kernel.json.JsonFields;
import bulwark.seats.plan.TextFields;
import bulwark.seats.plan.VaultParameters;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What a vault is to be made with whose validator gets a key of the signer's. Immutable. */
public record ValidatorKeyRequest(VaultParameters vault) {
    static final String WORD = "generate";

    private static final long MIN_CLAIM_DELAY_SECONDS = 3_600;
    private static final long MAX_CLAIM_DELAY_SECONDS = 2_592_000;

    /** @throws SigningRefused naming every field that is wrong */
    static ValidatorKeyRequest read(JsonNode document) {
        List<String> faults = new ArrayList<>();
        TextFields fields = new TextFields(JsonFields.of(document, "", faults));
        fields.exactly("request", WORD);
        VaultParameters vault = new VaultParameters(
                fields.address("beneficiary"),
                fields.number("claimDelaySeconds", MIN_CLAIM_DELAY_SECONDS, MAX_CLAIM_DELAY_SECONDS),
                fields.amount("maxClaimPerPeriodWei", BigInteger.ONE, VaultParameters.PRINCIPAL_TARGET_WEI));
        fields.end();
        if (!faults.isEmpty()) {
            throw new SigningRefused("REQUEST_MALFORMED", String.join("; ", faults));
        }
        return new ValidatorKeyRequest(vault);
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("request", WORD);
        json.put("beneficiary", vault.beneficiary().text());
        json.put("claimDelaySeconds", Long.toString(vault.claimDelaySeconds()));
        json.put("maxClaimPerPeriodWei", vault.maxClaimPerPeriodWei().toString());
        return json;
    }
}
