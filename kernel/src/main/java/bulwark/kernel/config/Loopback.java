package bulwark.kernel.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;

/** Which host names and addresses stay on this machine. No name is looked up. */
public final class Loopback {
    private Loopback() {}

    /** {@code localhost}, every address of 127.0.0.0/8 and every spelling of {@code ::1}, with or without brackets. */
    public static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(withoutBrackets(host)).isLoopbackAddress();
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    /** The host of a URL, empty when it has none. */
    public static String hostOf(String url) {
        try {
            String host = new URI(url).getHost();
            return host == null ? "" : host;
        } catch (URISyntaxException e) {
            return "";
        }
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
