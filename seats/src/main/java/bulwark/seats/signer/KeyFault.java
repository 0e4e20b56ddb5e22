package bulwark.seats.signer;

/** Why the key of the treasury cannot be used now: its name is the stable reason beside the code {@code SIGNER_UNAVAILABLE}. No other key is ever taken in its place. */
enum KeyFault {
    ACCESS_DENIED("KMS denies the key to the signer: allow it kms:DescribeKey, kms:GetPublicKey and kms:Sign."),
    CREDENTIALS_REFUSED(
            "AWS refuses the credentials of the signer: look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN."),
    CLOCK_SKEW("The clock of the signer and that of AWS differ by minutes: set the signer's right."),
    KEY_DISABLED("The key of the treasury is disabled: enable it in KMS."),
    KEY_PENDING_DELETION("The key of the treasury waits for its deletion: cancel that at once, it cannot be undone."),
    KEY_STATE("KMS says that the key is in a state in which it does not sign: look at its state there."),
    KEY_MISSING("There is no such key: look at the name and the region of the key in the signer's settings."),
    KEY_UNSUITABLE(
            "The key cannot sign transactions: it must have the spec ECC_SECG_P256K1, the usage SIGN_VERIFY and the algorithm"
                    + " ECDSA_SHA_256."),
    KEY_MOVED(
            "The name of the key means another key than when the signer started: point the alias back, and nothing was signed by"
                    + " the other one that left the signer."),
    THROTTLED(
            "KMS throttles the signer and went on doing so: repeat the request later, or ask AWS for a higher quota."),
    SERVICE_FAILED("KMS failed on its side and went on doing so: the same request is safe to repeat."),
    TIMEOUT("KMS did not answer in time: the same request is safe to repeat."),
    UNREACHABLE("KMS cannot be reached: look at the network, at AWS_REGION and at SEAT_MANAGER_KMS_ENDPOINT."),
    ANSWER_MALFORMED("What came back is no signature in strict DER: nothing was handed out."),
    SIGNATURE_FOREIGN("The signature that came back is not one of the treasury's key: nothing was handed out."),
    REQUEST_REFUSED("KMS refused the request for a reason of its own: the log of the signer has its error code."),
    TOKEN_FAILED(
            "The token does not sign: look at its library, slot and PIN in the signer's settings, and whether it is plugged in.");

    private final String sentence;

    KeyFault(String sentence) {
        this.sentence = sentence;
    }

    String sentence() {
        return sentence;
    }

    SigningRefused refusal() {
        return new SigningRefused("SIGNER_UNAVAILABLE", name(), sentence);
    }
}
