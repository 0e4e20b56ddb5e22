package bulwark.seats.contract;

import bulwark.kernel.signing.Keccak256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What the compiler made of our contracts, as it lies beside this class. Gate and vault have no immutable values: wherever they stand,
 * {@code keccak256} of their code is {@link #runtimeHash}. Router and factory carry addresses in their code, so that hash is known once
 * they stand.
 */
public enum ContractCode {
    DEPOSIT_GATE("DepositGate"),
    WITHDRAWAL_VAULT("WithdrawalVault"),
    VAULT_FACTORY("VaultFactory"),
    TREASURY_ROUTER("TreasuryRouter");

    private final String contract;

    ContractCode(String contract) {
        this.contract = contract;
    }

    /** As in the sources. */
    public String contract() {
        return contract;
    }

    /** What a transaction without target carries, before the arguments of the constructor. */
    public byte[] creation() {
        return HexText.bytes("0x" + resource(".creation.hex"));
    }

    public byte[] runtime() {
        return HexText.bytes("0x" + resource(".runtime.hex"));
    }

    public byte[] creationHash() {
        return Keccak256.hash(creation());
    }

    public byte[] runtimeHash() {
        return Keccak256.hash(runtime());
    }

    /** The interface, as the compiler wrote it. */
    public String abiJson() {
        return resource(".abi.json");
    }

    private String resource(String suffix) {
        try (InputStream in = ContractCode.class.getResourceAsStream(contract + suffix)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks " + contract + suffix);
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
