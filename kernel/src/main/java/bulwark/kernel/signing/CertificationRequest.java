package bulwark.kernel.signing;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * A request for a certificate (PKCS #10, RFC 2986) whose sender holds the key: the signature is checked. Only the key is taken from it; names that it asks for are not looked at.
 *
 * @param key Ed25519, EC with at least 256 bits, or RSA with at least 2048
 */
public record CertificationRequest(PublicKey key) {
    private static final int MAX_BYTES = 16 << 10;
    private static final Pattern PEM = Pattern.compile(
            "\\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----\\s*");

    /** What is wrong with a request. */
    public static final class RequestRefused extends Exception {
        RequestRefused(String sentence) {
            super(sentence, null, false, false);
        }
    }

    /** @throws RequestRefused with a sentence to stand behind the name of a field */
    public static CertificationRequest parse(String pem) throws RequestRefused {
        Matcher found = PEM.matcher(pem);
        if (pem.length() > MAX_BYTES || !found.matches()) {
            throw new RequestRefused("must be a PKCS #10 request in PEM, as openssl req writes it");
        }
        try {
            var request =
                    new JcaPKCS10CertificationRequest(Base64.getMimeDecoder().decode(found.group(1)));
            PublicKey key = request.getPublicKey();
            if (!KeyStrength.isSufficient(key)) {
                throw new RequestRefused(KeyStrength.TOO_WEAK);
            }
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw new RequestRefused("carries a signature that does not verify: its sender does not hold the key");
            }
            return new CertificationRequest(key);
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException e) {
            throw new RequestRefused("is damaged, or of a kind that is not known here");
        }
    }
}
