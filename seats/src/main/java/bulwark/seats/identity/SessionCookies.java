package bulwark.seats.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.SetCookie;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;

/**
 * The cookies of the service. That of a device tells that somebody signed in from there before, so that guesses from elsewhere do not delay this person; it opens nothing. Immutable.
 *
 * @param secure with {@code Secure} and the prefix {@code __Host-}
 * @param key of the HMAC over the names of devices
 */
record SessionCookies(boolean secure, SecretBytes key, Signing signing) {
    private static final Duration DEVICE_AGE = Duration.ofDays(90);

    String session() {
        return named("csm_session");
    }

    private String csrf() {
        return named("csm_csrf");
    }

    private String device() {
        return named("csm_device");
    }

    private String named(String name) {
        return secure ? "__Host-" + name : name;
    }

    Response open(Response response, SecretBytes token, String csrfToken, String userId) {
        String device = Base64Url.text(signing.random32().expose(SecretAccess.grant()));
        return response.with(made(SetCookie.of(session(), token.exposeText(SecretAccess.grant()))))
                .with(made(SetCookie.of(csrf(), csrfToken).readableByScripts()))
                .with(made(SetCookie.of(device(), device + "." + mac(userId, device))
                        .withMaxAge(DEVICE_AGE)));
    }

    Response close(Response response) {
        return response.with(made(SetCookie.removal(session())))
                .with(made(SetCookie.removal(csrf()).readableByScripts()));
    }

    /** The device that this person signed in from before. */
    Optional<String> device(Request request, String userId) {
        return request.cookies().only(device()).filter(value -> {
            int dot = value.indexOf('.');
            return dot > 0
                    && MessageDigest.isEqual(
                            mac(userId, value.substring(0, dot)).getBytes(StandardCharsets.US_ASCII),
                            value.substring(dot + 1).getBytes(StandardCharsets.UTF_8));
        });
    }

    private String mac(String userId, String device) {
        byte[] text = ("device\n" + userId + '\n' + device).getBytes(StandardCharsets.UTF_8);
        return Base64Url.text(signing.hmacSha256(key, text));
    }

    private SetCookie made(SetCookie cookie) {
        return secure ? cookie : cookie.overPlainHttp();
    }
}
