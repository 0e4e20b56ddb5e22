package bulwark.testkit;

import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The first block of a local chain at the fork Prague, with the predeploy of EIP-7002 and accounts that hold coins. */
public final class ChainGenesis {
    /** From EIP-7002, where the code and its address are fixed. */
    public static final String EXIT_REQUESTS = "0x00000961ef480eb55e80d19ad83579a64c007002";

    /** Its code, with which a chain that lacks it can be given it. */
    public static final String EXIT_REQUESTS_CODE =
            "0x3373fffffffffffffffffffffffffffffffffffffffe1460cb5760115f54807fffffffffffffffffffffffffffffffffff"
                    + "ffffffffffffffffffffffffffffff146101f457600182026001905f5b5f8211156068578101908302848302900491600101"
                    + "9190604d565b909390049250505036603814608857366101f457346101f4575f5260205ff35b34106101f457600154600101"
                    + "600155600354806003026004013381556001015f35815560010160203590553360601b5f5260385f601437604c5fa0600101"
                    + "600355005b6003546002548082038060101160df575060105b5f5b8181146101835782810160030260040181604c02815460"
                    + "601b8152601401816001015481526020019060020154807fffffffffffffffffffffffffffffffff00000000000000000000"
                    + "000000000000168252906010019060401c908160381c81600701538160301c81600601538160281c81600501538160201c81"
                    + "600401538160181c81600301538160101c81600201538160081c81600101535360010160e1565b9101809214610195579060"
                    + "02556101a0565b90505f6002555f6003555b5f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                    + "ffffffff14156101cd57505f5b6001546002828201116101e25750505f6101e8565b01600290035b5f555f600155604c025f"
                    + "f35b5f5ffd";

    private static final String ZERO_WORD = "0x" + "0".repeat(64);

    private ChainGenesis() {}

    /**
     * @param depositContract whose events come out as EIP-6110 requests
     * @param accounts each with its wei
     */
    public static String json(long chainId, Instant time, String depositContract, Map<String, BigInteger> accounts) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("chainId", chainId);
        for (String fork : List.of(
                "homestead",
                "eip150",
                "eip155",
                "eip158",
                "byzantium",
                "constantinople",
                "petersburg",
                "istanbul",
                "berlin",
                "london",
                "mergeNetsplit")) {
            config.put(fork + "Block", 0);
        }
        config.put("terminalTotalDifficulty", 0);
        config.put("terminalTotalDifficultyPassed", true);
        config.put("shanghaiTime", 0);
        config.put("cancunTime", 0);
        config.put("pragueTime", 0);
        config.put("depositContractAddress", depositContract);
        config.put(
                "blobSchedule",
                Map.of(
                        "cancun", Map.of("target", 3, "max", 6, "baseFeeUpdateFraction", 3_338_477),
                        "prague", Map.of("target", 6, "max", 9, "baseFeeUpdateFraction", 5_007_716)));
        Map<String, Object> alloc = new LinkedHashMap<>();
        accounts.forEach((address, wei) -> alloc.put(address, Map.of("balance", "0x" + wei.toString(16))));
        // The slot says that the contract was not activated: the first system call does that, as on a network.
        alloc.put(
                EXIT_REQUESTS,
                Map.of(
                        "balance",
                        "0x0",
                        "nonce",
                        "0x1",
                        "code",
                        EXIT_REQUESTS_CODE,
                        "storage",
                        Map.of(ZERO_WORD, "0x" + "f".repeat(64))));
        Map<String, Object> genesis = new LinkedHashMap<>();
        genesis.put("config", config);
        genesis.put("nonce", "0x0");
        genesis.put("timestamp", "0x" + Long.toHexString(time.getEpochSecond()));
        genesis.put("extraData", "0x");
        genesis.put("gasLimit", "0x1c9c380");
        genesis.put("difficulty", "0x0");
        genesis.put("mixHash", ZERO_WORD);
        genesis.put("coinbase", "0x" + "0".repeat(40));
        genesis.put("baseFeePerGas", "0x3b9aca00");
        genesis.put("number", "0x0");
        genesis.put("gasUsed", "0x0");
        genesis.put("parentHash", ZERO_WORD);
        genesis.put("alloc", alloc);
        return new JsonMapper().writeValueAsString(genesis);
    }
}
