package bulwark.seats.plan;

import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.DepositData;

/** The root that the deposit contract computes again, of fields as they stand in plans. */
public final class DepositDataRoot {
    private DepositDataRoot() {}

    /**
     * @param pubkey 48 bytes, like the others 0x and hexadecimal digits
     * @param withdrawalCredentials 32 bytes
     * @param signature 96 bytes
     */
    public static String of(String pubkey, String withdrawalCredentials, long amountGwei, String signature) {
        DepositData data = new DepositData(
                HexText.bytes(pubkey), HexText.bytes(withdrawalCredentials), amountGwei, HexText.bytes(signature));
        return HexText.of(data.dataRoot());
    }
}
