package bulwark.app.stigmem;

import bulwark.app.up.LocalScrape;
import bulwark.app.up.NamedExpiry;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.keys.ExpiryMonitor;
import bulwark.kernel.process.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What of a node expires: its keys by the family {@code bulwark_expires_seconds} of its {@code /metrics}, its certificates by their files. */
final class NodeExpiryReader {
    private final Path folder;
    private final Clock clock;

    NodeExpiryReader(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** @throws IllegalStateException when the node is not running */
    List<NamedExpiry> read() throws IOException, InterruptedException {
        RunFile node = RunFile.ofRunning(FactsPart.store(folder))
                .orElseThrow(
                        () -> new IllegalStateException("the fact node is not running: its keys were not looked at"));
        List<NamedExpiry> all = new ArrayList<>(ofScrape(
                LocalScrape.of("http://localhost:" + node.ports().getOrDefault("plain_port", 0) + "/metrics")));
        all.addAll(certificates());
        return all;
    }

    private List<NamedExpiry> ofScrape(String scrape) {
        return ExpiryMonitor.readings(scrape).stream()
                .map(reading -> new NamedExpiry(
                        displayName(reading.kind()),
                        new Expiry(null, clock.instant().plus(reading.left()), "The node's own log names the remedy.")))
                .toList();
    }

    static String displayName(String kind) {
        return "the fact node's "
                + switch (kind) {
                    case "certificate" -> "certificate";
                    case "api_key" -> "API key that expires first";
                    case "node_manifest", "issuer_manifest" -> kind.replace('_', ' ');
                    default -> kind + " key";
                };
    }

    private List<NamedExpiry> certificates() throws IOException {
        List<NamedExpiry> certificates = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve("tls"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".crt"))
                    .sorted()
                    .toList()) {
                certificates.add(NamedExpiry.ofCertificate("the certificate " + file.getFileName(), file, "Renew it."));
            }
        }
        return certificates;
    }
}
