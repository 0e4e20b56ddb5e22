package bulwark.seats.chain;

import bulwark.seats.contract.AbiRefused;
import bulwark.seats.contract.AbiValues;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.deposit.DepositData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A deposit as the gate's event tells it: amount and index are little-endian there. Immutable.
 *
 * @param index of the deposit in the tree, from 0
 */
public record DepositEvent(DepositData deposit, long index, EventLog log) {
    /** @throws AbiRefused when the data are not those of such an event */
    public static DepositEvent of(EventLog log) {
        AbiValues values = DepositGateAbi.depositEvent(log.data());
        return new DepositEvent(
                new DepositData(values.bytes(0), values.bytes(1), littleEndian(values.bytes(2)), values.bytes(3)),
                littleEndian(values.bytes(4)),
                log);
    }

    private static long littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    public boolean isOf(byte[] pubkey) {
        return Arrays.equals(pubkey, deposit.pubkey());
    }
}
