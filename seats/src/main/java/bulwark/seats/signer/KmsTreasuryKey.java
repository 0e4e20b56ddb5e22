package bulwark.seats.signer;

import bulwark.kernel.signing.EcdsaSignature;
import bulwark.kernel.signing.Secp256k1;
import bulwark.seats.contract.EvmAddress;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GetPublicKeyResponse;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SignResponse;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/**
 * A key that never leaves AWS KMS. Which key it is, is pinned when it is opened; each answer must come from that very key and be a signature of its address, so that neither an alias that was
 * pointed elsewhere nor a service that signs with another key is taken.
 */
final class KmsTreasuryKey implements TreasuryKey {
    private static final int DIGEST_BYTES = 32;

    private final KmsClient client;
    private final KmsRetry retry;
    private final String name;
    private final String arn;
    private final EvmAddress address;

    private KmsTreasuryKey(KmsClient client, KmsRetry retry, String name, String arn, EvmAddress address) {
        this.client = client;
        this.retry = retry;
        this.name = name;
        this.arn = arn;
        this.address = address;
    }

    /**
     * Takes over the client.
     *
     * @param name id, alias or ARN
     * @throws SigningRefused with code {@code SIGNER_UNAVAILABLE} when the key is not one that can sign now
     */
    static KmsTreasuryKey open(KmsClient client, KmsRetry retry, String name) {
        KeyMetadata metadata =
                retry.call(() -> client.describeKey(asked -> asked.keyId(name))).keyMetadata();
        requireSuitable(metadata.keySpec(), metadata.keyUsage());
        GetPublicKeyResponse key = retry.call(() -> client.getPublicKey(asked -> asked.keyId(name)));
        requireSuitable(key.keySpec(), key.keyUsage());
        if (!key.signingAlgorithms().contains(SigningAlgorithmSpec.ECDSA_SHA_256)) {
            throw KeyFault.KEY_UNSUITABLE.refusal();
        }
        if (!metadata.arn().equals(key.keyId())) {
            throw KeyFault.KEY_MOVED.refusal();
        }
        byte[] point = Secp256k1.ofSubjectPublicKeyInfo(key.publicKey().asByteArray())
                .orElseThrow(KeyFault.KEY_UNSUITABLE::refusal);
        return new KmsTreasuryKey(client, retry, name, metadata.arn(), EvmAddress.ofPublicKey(point));
    }

    private static void requireSuitable(KeySpec spec, KeyUsageType usage) {
        if (spec != KeySpec.ECC_SECG_P256_K1 || usage != KeyUsageType.SIGN_VERIFY) {
            throw KeyFault.KEY_UNSUITABLE.refusal();
        }
    }

    @Override
    public String kind() {
        return "kms";
    }

    @Override
    public EvmAddress address() {
        return address;
    }

    /** {@code ECDSA_SHA_256} names the length alone: of a digest KMS makes no other digest. */
    @Override
    public EcdsaSignature sign(byte[] digest) {
        if (digest.length != DIGEST_BYTES) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + digest.length);
        }
        SignResponse answer = retry.call(() -> client.sign(asked -> asked.keyId(name)
                .message(SdkBytes.fromByteArray(digest))
                .messageType(MessageType.DIGEST)
                .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)));
        if (!arn.equals(answer.keyId())) {
            throw KeyFault.KEY_MOVED.refusal();
        }
        return RecoveredSignature.ofDer(digest, answer.signature().asByteArray(), address);
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return "KMS key " + arn + " of " + address;
    }
}
