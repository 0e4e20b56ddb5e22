package bulwark.tasks.embedded;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.contract.Examples;
import bulwark.tasks.envelope.Envelope;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A second process on the same file: says whether it holds the file, then publishes and says each id that was acknowledged, until its input ends. */
final class AnotherProcess implements AutoCloseable {
    static final String QUEUE = "shared";

    private final Process process;
    private final BufferedReader output;
    private final List<String> acknowledged = new ArrayList<>();

    private AnotherProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    static AnotherProcess start(Path file) throws IOException {
        return new AnotherProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AnotherProcess.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Logging may speak on the same output, so lines of ours have a mark. */
    String next() throws IOException {
        String line = output.readLine();
        while (line != null && !line.startsWith("> ")) {
            line = output.readLine();
        }
        return line == null ? "" : line.substring(2);
    }

    /** Reads on until so many were acknowledged. */
    void awaitAcknowledged(int count) throws IOException {
        while (acknowledged.size() < count) {
            String id = next();
            if (id.isEmpty()) {
                throw new IOException("the other process ended early");
            }
            acknowledged.add(id);
        }
    }

    /** SIGKILL; what it had acknowledged until then. */
    List<String> kill() throws IOException, InterruptedException {
        // Not Process.destroyForcibly, which also closes what is still to be read.
        process.toHandle().destroyForcibly();
        process.waitFor(20, TimeUnit.SECONDS);
        for (String id = next(); id.length() == 36; id = next()) {
            acknowledged.add(id);
        }
        return acknowledged;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        try (EmbeddedStores stores = EmbeddedStores.open(file, Clock.systemUTC())) {
            System.out.println("> " + (stores.isOwner() ? "holds" : "asks"));
            Broker broker = stores.broker();
            while (System.in.available() == 0) {
                Envelope envelope = Examples.envelope(QUEUE);
                broker.publish(List.of(Examples.publication(envelope)));
                System.out.println("> " + envelope.id());
            }
        }
        System.out.println("> end");
    }
}
