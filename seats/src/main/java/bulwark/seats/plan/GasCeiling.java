package bulwark.seats.plan;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a transaction may cost beside its value. Immutable.
 *
 * @param limit units of gas, 21,000 to 30,000,000
 * @param maxFeePerGas wei
 * @param maxPriorityFeePerGas wei, at most {@code maxFeePerGas}
 */
public record GasCeiling(long limit, BigInteger maxFeePerGas, BigInteger maxPriorityFeePerGas) {
    public static final long MIN_LIMIT = 21_000;
    public static final long MAX_LIMIT = 30_000_000;

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("limit", Long.toString(limit));
        json.put("maxFeePerGas", maxFeePerGas.toString());
        json.put("maxPriorityFeePerGas", maxPriorityFeePerGas.toString());
        return json;
    }
}
