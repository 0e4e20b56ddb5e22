package bulwark.kernel.network;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** What this machine's own resolver says, its hosts file included. */
public final class SystemResolver implements NameResolver {
    @Override
    public List<InetAddress> resolve(String name) {
        try {
            return List.of(InetAddress.getAllByName(name));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
