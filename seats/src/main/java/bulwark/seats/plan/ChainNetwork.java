package bulwark.seats.plan;

import bulwark.seats.contract.EvmAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The contracts of one chain that plans are about. Immutable.
 *
 * @param chainId from 1 to 2^53
 * @param vaultCreationCodeHash keccak of the code that makes a vault, without its arguments: 32 bytes in hexadecimal
 */
public record ChainNetwork(
        long chainId,
        EvmAddress depositContract,
        EvmAddress vaultFactory,
        EvmAddress treasuryRouter,
        String vaultCreationCodeHash) {
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("chainId", Long.toString(chainId));
        json.put("depositContract", depositContract.text());
        json.put("vaultFactory", vaultFactory.text());
        json.put("treasuryRouter", treasuryRouter.text());
        json.put("vaultCreationCodeHash", vaultCreationCodeHash);
        return json;
    }
}
