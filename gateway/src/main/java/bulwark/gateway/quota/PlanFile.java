package bulwark.gateway.quota;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.json.StrictYaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of {@code STOA_PLANS_FILE}, read again every second: plans of an operator who has no control plane, and which consumers have them. A file that is wrong is told in the log, and what
 * was read before stays. Thread-safe.
 */
final class PlanFile implements AutoCloseable {
    static final String SETTING = "STOA_PLANS_FILE";

    private static final Logger LOG = LoggerFactory.getLogger(PlanFile.class);
    private static final int MAX_BYTES = 16 << 20;
    private static final long POLL_MILLIS = 1_000;

    private final Path file;
    private final PlanTable table;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread = EssentialThread.virtual("plan-file", this::run);
    private String seen;

    private PlanFile(Path file, PlanTable table) {
        this.file = file;
        this.table = table;
        this.seen = "";
    }

    /** In force when it returns. @throws ConfigurationRefused with every fault of the file */
    static PlanFile follow(Path file, PlanTable table) {
        PlanFile followed = new PlanFile(file, table);
        try {
            followed.seen = read(file);
        } catch (IOException e) {
            throw new ConfigurationRefused(List.of(SETTING + ": " + file + " cannot be read: " + e.getMessage()));
        }
        List<String> faults = followed.use(followed.seen);
        if (!faults.isEmpty()) {
            throw new ConfigurationRefused(
                    faults.stream().map(fault -> SETTING + ": " + fault).toList());
        }
        followed.thread.start();
        return followed;
    }

    private static String read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("it is larger than 16 MiB");
        }
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private List<String> use(String text) {
        List<String> faults = new ArrayList<>();
        try {
            PlanDocument document = PlanDocument.read(StrictYaml.parse(text, MAX_BYTES), table, faults);
            if (faults.isEmpty()) {
                table.useFile(document.byConsumer());
            }
        } catch (StrictYaml.YamlRefused e) {
            faults.add(String.valueOf(e.getMessage()));
        }
        return faults;
    }

    private void run() {
        try {
            while (!stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                lookAgain();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAgain() {
        try {
            String now = read(file);
            if (now.equals(seen)) {
                return;
            }
            seen = now;
            List<String> faults = use(now);
            if (faults.isEmpty()) {
                LOG.info("{} was read again; its plans hold from now on.", file);
            } else {
                LOG.warn("{} is wrong, and the plans of before stay: {}", file, String.join("; ", faults));
            }
        } catch (IOException e) {
            if (!seen.isEmpty()) {
                LOG.warn("{} cannot be read, and its plans stay: {}", file, e.getMessage());
                seen = "";
            }
        }
    }

    @Override
    public void close() {
        stop.countDown();
        thread.awaitEnd(Duration.ofSeconds(5));
    }
}
