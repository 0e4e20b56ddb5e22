package bulwark.devnet;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositFile;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import supranational.blst.P1;
import supranational.blst.P2;
import supranational.blst.SecretKey;

/** The key of a validator as its operator holds it, away from the service; it signs a deposit and nothing else. Used by one thread. */
final class LocalValidator {
    private static final String CIPHERSUITE = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

    private final SecretKey key = new SecretKey();

    /** @param material 32 bytes that nobody can guess */
    LocalValidator(SecretBytes material) {
        key.keygen(material.expose(SecretAccess.grant()));
    }

    byte[] pubkey() {
        return new P1(key).to_affine().compress();
    }

    /** What the tools for deposits write, for the principal of a seat. @param credentials 32 bytes */
    String depositFile(byte[] credentials) {
        byte[] root = new DepositData(pubkey(), credentials, DepositFile.SEAT_GWEI, new byte[96])
                .signingRoot(LocalChain.FORK_VERSION);
        byte[] signature = new P2()
                .hash_to(root, CIPHERSUITE, new byte[0])
                .sign_with(key)
                .to_affine()
                .compress();
        DepositData deposit = new DepositData(pubkey(), credentials, DepositFile.SEAT_GWEI, signature);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("pubkey", digits(deposit.pubkey()));
        members.put("withdrawal_credentials", digits(credentials));
        members.put("amount", DepositFile.SEAT_GWEI);
        members.put("signature", digits(signature));
        members.put("deposit_message_root", digits(deposit.messageRoot()));
        members.put("deposit_data_root", digits(deposit.dataRoot()));
        members.put("fork_version", LocalChain.FORK_VERSION.text());
        members.put("network_name", "local");
        members.put("deposit_cli_version", "2.7.0");
        return new String(StrictJson.write(List.of(members)), StandardCharsets.UTF_8);
    }

    private static String digits(byte[] bytes) {
        return HexText.of(bytes).substring(2);
    }
}
