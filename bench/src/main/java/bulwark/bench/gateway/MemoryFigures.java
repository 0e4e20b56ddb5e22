package bulwark.bench.gateway;

import bulwark.bench.ProcessFigures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How much a proxy's resident memory grows. */
final class MemoryFigures {
    private MemoryFigures() {}

    /** KiB for each connection that is open and says nothing. */
    static double idleConnection(ProxyProcess proxy, int connections) throws IOException {
        settle(proxy);
        long before = ProcessFigures.residentKibibytes(proxy.pid());
        URI origin = URI.create(proxy.origin());
        List<SocketChannel> open = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                open.add(SocketChannel.open(new InetSocketAddress(origin.getHost(), origin.getPort())));
            }
            settle(proxy);
            return (ProcessFigures.residentKibibytes(proxy.pid()) - before) / (double) connections;
        } finally {
            for (SocketChannel each : open) {
                each.close();
            }
        }
    }

    /** MiB that its largest resident set grows while this command of {@code curl} runs. */
    static long stream(ProxyProcess proxy, String... arguments) throws IOException, InterruptedException {
        settle(proxy);
        long before = ProcessFigures.residentKibibytes(proxy.pid());
        List<String> command = new ArrayList<>(List.of("curl", "-sf", "-o", "/dev/null"));
        command.addAll(List.of(arguments));
        Process curl = new ProcessBuilder(command).inheritIO().start();
        long largest = before;
        while (!curl.waitFor(20, TimeUnit.MILLISECONDS)) {
            largest = Math.max(largest, ProcessFigures.residentKibibytes(proxy.pid()));
        }
        if (curl.exitValue() != 0) {
            throw new IOException("curl ended with " + curl.exitValue());
        }
        return (largest - before) / 1024;
    }

    private static void settle(ProxyProcess proxy) throws IOException {
        if (proxy.gateway() != null) {
            proxy.ask("collect");
        }
    }
}
