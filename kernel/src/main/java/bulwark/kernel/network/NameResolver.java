package bulwark.kernel.network;

import java.net.InetAddress;
import java.util.List;

/** Looks names up. Thread-safe; blocks for at most some seconds. */
public interface NameResolver {
    /** Every address of the name, IPv4 and IPv6; empty when it has none, or when no server answered. Never a part of them. */
    List<InetAddress> resolve(String name);
}
