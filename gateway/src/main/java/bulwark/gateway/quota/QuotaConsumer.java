package bulwark.gateway.quota;

import bulwark.gateway.call.CallPeer;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Principal;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Under which name calls are counted: the id of a subscription (by its key, its consumer's certificate or its application's token) or of an API key, {@code fed:} and the sub-account of a federation, {@code sub:} and the subject of a token or certificate, or else
 * {@code ip:} and the address of the socket. The prefixes keep one kind from being taken for another.
 */
public final class QuotaConsumer {
    private static final int NETWORK_BYTES = 8;
    private static final String KEY = "key:";

    private QuotaConsumer() {}

    /** @param principal null when the route lets anybody call */
    public static String of(@Nullable Principal principal, CallPeer peer) {
        if (principal == null) {
            return ofAddress(peer.address().getAddress());
        }
        String keyId = principal.keyId();
        Authentication.Method method = principal.authentication().method();
        // A token opens one route alone where it is an application's, which is held to its subscription.
        boolean subscribed = method == Authentication.Method.API_KEY
                || method == Authentication.Method.CLIENT_CERTIFICATE
                || method == Authentication.Method.TOKEN && principal.isLimited();
        if (subscribed && keyId != null) {
            return ofKey(keyId);
        }
        String subAccount = principal.authentication().subAccount();
        return subAccount != null ? ofAccount(subAccount) : ofSubject(principal.entityUri());
    }

    static String ofAccount(String subAccount) {
        return "fed:" + subAccount;
    }

    static String ofSubject(String subject) {
        return "sub:" + subject;
    }

    /** @param id of a subscription or API key */
    public static String ofKey(String id) {
        return KEY + id;
    }

    /** The id that {@link #ofKey} was given; empty for a consumer of another kind. */
    static Optional<String> keyOf(String consumer) {
        return consumer.startsWith(KEY) ? Optional.of(consumer.substring(KEY.length())) : Optional.empty();
    }

    /** An IPv6 network of 64 bits counts as one: its owner has all its addresses. */
    public static String ofAddress(@Nullable InetAddress address) {
        if (address == null) {
            return "ip:unknown";
        }
        return address instanceof Inet6Address
                ? "ip6:" + HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES))
                : "ip:" + address.getHostAddress();
    }
}
