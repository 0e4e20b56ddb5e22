package bulwark.gateway.caller;

import bulwark.gateway.call.GatewayCall;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Principal;
import bulwark.kernel.secrets.SecretBytes;
import org.jspecify.annotations.Nullable;

/** The access token by which a caller is known. */
public final class CallerToken {
    private CallerToken() {}

    /** Of a call whose identity stage passed; null for a caller who is known by something else. */
    public static @Nullable SecretBytes of(GatewayCall call) {
        Principal caller = call.principal();
        if (caller == null || caller.authentication().method() != Authentication.Method.TOKEN) {
            return null;
        }
        PresentedCredential credential = PresentedCredential.of(call.head());
        return switch (credential.kind()) {
            case BEARER, DPOP -> SecretBytes.ofText(credential.text());
            case API_KEY, ABSENT, MALFORMED -> null;
        };
    }
}
