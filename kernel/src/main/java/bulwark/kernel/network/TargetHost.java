package bulwark.kernel.network;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The host of a URL, in one spelling. */
public sealed interface TargetHost {
    /** As it stands in a URL or a Host header: {@code 10.0.0.1}, {@code [::1]}, {@code example.com}. */
    String text();

    /** An address; {@link InetAddress} reads an IPv4-mapped one as IPv4. */
    record Address(InetAddress address) implements TargetHost {
        /** @param bytes 4 or 16 */
        static Address of(byte[] bytes) {
            try {
                return new Address(InetAddress.getByAddress(bytes));
            } catch (UnknownHostException impossible) {
                throw new IllegalArgumentException(impossible);
            }
        }

        @Override
        public String text() {
            String text = address.getHostAddress();
            return address instanceof Inet6Address ? "[" + text + "]" : text;
        }
    }

    /** @param text lower-case ASCII, IDNA-encoded where needed, without a dot at its end */
    record Name(String text) implements TargetHost {
        /** Whether this is the domain or a name below it. */
        boolean isWithin(String domain) {
            return text.equals(domain) || text.endsWith("." + domain);
        }
    }
}
