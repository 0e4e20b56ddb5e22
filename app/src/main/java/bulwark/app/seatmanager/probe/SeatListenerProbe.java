package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Asked at every other address of this machine, by a connection that carries nothing: whether others can connect is seen there, and not in a setting. */
final class SeatListenerProbe implements Probe {
    private static final int TIMEOUT_MILLIS = 1_000;
    private static final int MAX_ADDRESSES = 8;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-LISTEN-01",
                        Severity.CRITICAL,
                        "The API takes connections on loopback alone.",
                        "runbook, section 1: \"expose the API on a public interface\"; section 6: \"--host 127.0.0.1\"",
                        "Set SEAT_MANAGER_HOST=127.0.0.1, and let a proxy end TLS in front of it")
                .requires("V12.3.1", "V13.1.1")
                .sends(MAX_ADDRESSES, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        URI api = SeatTarget.of(visit).api();
        if (!InetAddress.getByName(api.getHost()).isLoopbackAddress()) {
            throw new ProbeNotApplicable("the target names an address of another machine, or of a proxy");
        }
        List<String> open = new ArrayList<>();
        List<InetAddress> others = others();
        for (InetAddress address : others) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, api.getPort()), TIMEOUT_MILLIS);
                open.add(address.getHostAddress());
            } catch (IOException refused) {
                // As it must be.
            }
        }
        return Observed.of(
                open.isEmpty(),
                "no connection at another address of this machine",
                open.isEmpty()
                        ? "refused at " + others.size() + " addresses"
                        : "port " + api.getPort() + " is open at " + String.join(", ", open));
    }

    private static List<InetAddress> others() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .limit(MAX_ADDRESSES)
                .toList();
    }
}
