package bulwark.seats.plan;

import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a vault is made with. Immutable.
 *
 * @param beneficiary whom rewards belong to
 * @param claimDelaySeconds from one hour to 30 days
 * @param maxClaimPerPeriodWei 1 or more
 */
public record VaultParameters(EvmAddress beneficiary, long claimDelaySeconds, BigInteger maxClaimPerPeriodWei) {
    /** Principal of a seat, the only one that the factory takes. */
    public static final BigInteger PRINCIPAL_TARGET_WEI = new BigInteger("32000000000000000000");

    static final long MIN_CLAIM_DELAY_SECONDS = 3_600;
    static final long MAX_CLAIM_DELAY_SECONDS = 2_592_000;

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("beneficiary", beneficiary.text());
        json.put("claimDelaySeconds", Long.toString(claimDelaySeconds));
        json.put("maxClaimPerPeriodWei", maxClaimPerPeriodWei.toString());
        return json;
    }
}
