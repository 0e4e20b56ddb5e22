package bulwark.seats.chain;

import bulwark.seats.contract.EvmAddress;
import java.util.List;

/** One event of a contract, where a client says that it stands. Immutable. @param topics each 0x and 64 digits */
public record EventLog(
        EvmAddress address,
        List<String> topics,
        byte[] data,
        long blockNumber,
        String blockHash,
        String transactionHash,
        long index) {}
