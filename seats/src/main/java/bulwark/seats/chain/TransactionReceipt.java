package bulwark.seats.chain;

import bulwark.seats.contract.EvmAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a transaction in a block. Immutable. @param succeeded whether its status is 1 @param created the contract that it made */
public record TransactionReceipt(
        String transactionHash,
        long blockNumber,
        String blockHash,
        boolean succeeded,
        long gasUsed,
        @Nullable EvmAddress created,
        List<EventLog> logs) {}
