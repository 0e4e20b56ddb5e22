package bulwark.gateway.control.webhook;

import bulwark.gateway.control.state.ControlObject;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Secrets that receivers check deliveries with. None is stored: each follows from {@code webhook.key} of the state folder, from the webhook and from how often it was rotated. Thread-safe. */
final class WebhookSecrets {
    static final String SERIAL = "secret_serial";

    private static final String PREFIX = "stoa_whsec_";

    private final SecretBytes key;
    private final Signing signing;

    private WebhookSecrets(SecretBytes key, Signing signing) {
        this.key = key;
        this.signing = signing;
    }

    /** Makes the key where there is none. @throws bulwark.kernel.process.FileRefused when others can read it */
    static WebhookSecrets open(Path stateFolder, Signing signing) {
        Path file = stateFolder.resolve("webhook.key");
        try {
            if (!Files.exists(file)) {
                OwnerOnlyFiles.write(file, signing.random32().expose(SecretAccess.grant()));
            }
            OwnerOnlyFiles.check(file);
            return new WebhookSecrets(SecretBytes.of(Files.readAllBytes(file)), signing);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read or made: " + e.getMessage(), e);
        }
    }

    /** To be shown once. */
    String shown(ControlObject webhook) {
        String purpose = "webhook secret\n" + webhook.tenant() + "\n" + webhook.id() + "\n" + webhook.number(SERIAL, 1);
        return PREFIX + Base64Url.text(signing.hmacSha256(key, purpose.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Value of {@code X-Stoa-Signature}: {@code t=<seconds>,v1=<hex>}, an HMAC-SHA256 under the secret over the seconds, a full stop and the body.
     *
     * @param seconds since 1970
     */
    String signature(ControlObject webhook, long seconds, byte[] body) {
        byte[] head = (seconds + ".").getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[head.length + body.length];
        System.arraycopy(head, 0, message, 0, head.length);
        System.arraycopy(body, 0, message, head.length, body.length);
        SecretBytes secret = SecretBytes.of(shown(webhook).getBytes(StandardCharsets.US_ASCII));
        return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(signing.hmacSha256(secret, message));
    }
}
