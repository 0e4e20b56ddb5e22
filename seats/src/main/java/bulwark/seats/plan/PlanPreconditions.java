package bulwark.seats.plan;

import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was true of the chain when a plan was made, and must still be when it is carried out. Immutable.
 *
 * @param source {@code chain} when endpoints were asked, {@code proposer} when a person stated it
 * @param epoch of ownership in the deposit contract
 * @param depositRoot of the deposit contract, 32 bytes in hexadecimal
 * @param phase of the vault: 0 running, 1 settlement proposed, 2 settled
 * @param owner of the deposit contract
 * @param depositContractCodeHash keccak of its code
 * @param vaultCodeHash keccak of the vault's code
 */
public record PlanPreconditions(
        String source,
        BigInteger epoch,
        String depositRoot,
        long phase,
        EvmAddress owner,
        String depositContractCodeHash,
        String vaultCodeHash) {
    /** Asked of endpoints. */
    public static final String CHAIN = "chain";
    /** Stated by a person. */
    public static final String PROPOSER = "proposer";

    static final long MAX_PHASE = 2;

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("source", source);
        json.put("epoch", epoch.toString());
        json.put("depositRoot", depositRoot);
        json.put("phase", Long.toString(phase));
        json.put("owner", owner.text());
        json.put("depositContractCodeHash", depositContractCodeHash);
        json.put("vaultCodeHash", vaultCodeHash);
        return json;
    }
}
