package bulwark.seats.signer;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.EcdsaSignature;
import bulwark.kernel.signing.Secp256k1Key;
import bulwark.seats.contract.EvmAddress;
import java.util.HexFormat;
import java.util.Optional;

/** A key in the memory of this process, which has neither network nor listener. */
final class LocalTreasuryKey implements TreasuryKey {
    private final Secp256k1Key key;
    private final EvmAddress address;

    private LocalTreasuryKey(Secp256k1Key key) {
        this.key = key;
        this.address = EvmAddress.ofPublicKey(key.publicKey());
    }

    /** @param text 64 hexadecimal digits, with or without 0x; empty for anything else */
    static Optional<LocalTreasuryKey> parse(SecretBytes text) {
        String hex = text.exposeText(SecretAccess.grant()).strip();
        String digits = hex.startsWith("0x") ? hex.substring(2) : hex;
        if (!digits.matches("[0-9a-fA-F]{64}")) {
            return Optional.empty();
        }
        return Secp256k1Key.of(SecretBytes.of(HexFormat.of().parseHex(digits))).map(LocalTreasuryKey::new);
    }

    @Override
    public String kind() {
        return "local";
    }

    @Override
    public EvmAddress address() {
        return address;
    }

    @Override
    public EcdsaSignature sign(byte[] digest) {
        return key.sign(digest);
    }

    @Override
    public String toString() {
        return "local key of " + address;
    }
}
