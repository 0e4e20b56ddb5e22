package bulwark.seats.chain;

import bulwark.seats.contract.ContractErrors;
import bulwark.seats.contract.HexText;

/** Why a call reverts, in a word: never a text that a contract chose. */
final class RevertReason {
    private RevertReason() {}

    /** @param data 0x and digits */
    static String of(String data) {
        byte[] bytes = HexText.bytes(data);
        return ContractErrors.name(bytes).orElse(bytes.length < 4 ? "no reason given" : data.substring(0, 10));
    }
}
