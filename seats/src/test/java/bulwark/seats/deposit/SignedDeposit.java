package bulwark.seats.deposit;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.contract.HexText;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import supranational.blst.P1;
import supranational.blst.P2;
import supranational.blst.SecretKey;

/** Deposits of keys that a test makes, and their files. */
public final class SignedDeposit {
    public static final ForkVersion NETWORK = new ForkVersion("00000286");
    public static final byte[] CREDENTIALS =
            HexText.bytes("0x010000000000000000000000412a91402f3d3baee3612d5b5d0ba43542b7adf9");

    private SignedDeposit() {}

    /** @param seed the same for the same key */
    public static DepositData of(int seed, byte[] credentials, ForkVersion network) {
        return of(seed, credentials, DepositFile.SEAT_GWEI, network);
    }

    public static DepositData of(int seed, byte[] credentials, long gwei, ForkVersion network) {
        byte[] material = new byte[32];
        Arrays.fill(material, (byte) seed);
        if (seed > 0xff) {
            ByteBuffer.wrap(material).putInt(seed);
        }
        SecretKey secret = new SecretKey();
        secret.keygen(material);
        byte[] pubkey = new P1(secret).to_affine().compress();
        byte[] root = new DepositData(pubkey, credentials, gwei, new byte[96]).signingRoot(network);
        byte[] signature = new P2()
                .hash_to(root, Blst.PROOF_OF_POSSESSION, new byte[0])
                .sign_with(secret)
                .to_affine()
                .compress();
        return new DepositData(pubkey, credentials, gwei, signature);
    }

    /** As the deposit tools write it. */
    public static Map<String, Object> members(DepositData deposit, ForkVersion network) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("pubkey", HexText.of(deposit.pubkey()).substring(2));
        members.put("withdrawal_credentials", HexText.of(deposit.credentials()).substring(2));
        members.put("amount", deposit.amountGwei());
        members.put("signature", HexText.of(deposit.signature()).substring(2));
        members.put("deposit_message_root", HexText.of(deposit.messageRoot()).substring(2));
        members.put("deposit_data_root", HexText.of(deposit.dataRoot()).substring(2));
        members.put("fork_version", network.text());
        members.put("network_name", "centurion");
        members.put("deposit_cli_version", "2.7.0");
        return members;
    }

    public static byte[] file(Map<String, Object> members) {
        return StrictJson.write(List.of(members));
    }
}
