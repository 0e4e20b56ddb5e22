package bulwark.kernel.quota;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.StoreRefused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Carries the counts of {@link PlanQuotas} over a restart, in an owner-only file that is replaced as a whole at an interval and at close: a crash forgets the calls of one interval at most.
 * Form: a line of JSON for each consumer, an array of its name and six numbers; the last line is the SHA-256 of all before it. Thread-safe.
 */
public final class PlanQuotaFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlanQuotaFile.class);
    private static final int NUMBERS = 6;

    private final PlanQuotas quotas;
    private final Path file;
    private final Duration interval;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread timer = EssentialThread.platform("plan-quota-save", this::saveAtIntervals);
    private volatile @Nullable String problem;

    private PlanQuotaFile(PlanQuotas quotas, Path file, Duration interval) {
        this.quotas = quotas;
        this.file = file;
        this.interval = interval;
    }

    /**
     * Fills the counters from the file, if it is there, and saves them from now on.
     *
     * @throws StoreRefused when the file was damaged
     */
    public static PlanQuotaFile restore(PlanQuotas quotas, Path file, Duration interval) {
        PlanQuotaFile persistence = new PlanQuotaFile(quotas, file, interval);
        try {
            if (Files.exists(file)) {
                OwnerOnlyFiles.check(file);
                parse(Files.readAllBytes(file)).forEach(quotas::restore);
            }
        } catch (IOException | StrictJson.JsonRefused | IllegalArgumentException e) {
            throw new StoreRefused("The counters of quotas in " + file + " cannot be read (" + e.getMessage()
                    + "): restore the file from a backup, or delete it, and every quota begins anew.");
        }
        persistence.timer.start();
        return persistence;
    }

    /** Why counts would not survive a restart, for health; null when they would. */
    public @Nullable String problem() {
        return problem;
    }

    /** Writes all counts, now. */
    public void save() throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(4096);
        for (PlanQuotas.Saved each : quotas.saved()) {
            PlanUsage usage = each.usage();
            lines.writeBytes(StrictJson.write(List.of(
                    each.consumer(),
                    usage.secondFullAt(),
                    usage.minuteFullAt(),
                    usage.day(),
                    usage.dayCount(),
                    usage.month(),
                    usage.monthCount())));
            lines.write('\n');
        }
        String digest = Digests.sha256Hex(lines.toByteArray());
        lines.writeBytes(StrictJson.write(digest));
        lines.write('\n');
        OwnerOnlyFiles.write(file, lines.toByteArray());
    }

    /** @throws IllegalArgumentException when the bytes are no such file */
    static List<PlanQuotas.Saved> parse(byte[] bytes) {
        List<PlanQuotas.Saved> all = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] != '\n') {
                continue;
            }
            JsonNode line = StrictJson.parse(java.util.Arrays.copyOfRange(bytes, from, at));
            if (line.isString() && at == bytes.length - 1) {
                String digest = Digests.sha256Hex(java.util.Arrays.copyOf(bytes, from));
                if (!digest.equals(line.stringValue())) {
                    throw new IllegalArgumentException("it was changed after it was written");
                }
                return all;
            }
            all.add(consumer(line));
            from = at + 1;
        }
        throw new IllegalArgumentException("it was cut");
    }

    private static PlanQuotas.Saved consumer(JsonNode line) {
        if (!line.isArray() || line.size() != NUMBERS + 1 || !line.path(0).isString()) {
            throw new IllegalArgumentException("a line is no consumer");
        }
        long[] numbers = new long[NUMBERS];
        for (int i = 0; i < NUMBERS; i++) {
            JsonNode number = line.path(i + 1);
            if (!number.canConvertToLong() || number.longValue() < 0) {
                throw new IllegalArgumentException("a count is no number of 0 or more");
            }
            numbers[i] = number.longValue();
        }
        PlanUsage usage = new PlanUsage(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
        return new PlanQuotas.Saved(line.path(0).stringValue(), usage);
    }

    private void saveAtIntervals() {
        try {
            while (!stop.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                saveOrReport();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void saveOrReport() {
        try {
            save();
            problem = null;
        } catch (IOException e) {
            if (problem == null) {
                LOG.warn("The counters of quotas were not saved: {}; it is tried again.", e.getMessage());
            }
            problem = "the counters of quotas cannot be saved to " + file + ": " + e.getMessage();
        }
    }

    @Override
    public void close() {
        stop.countDown();
        timer.awaitEnd(Duration.ofSeconds(10));
        saveOrReport();
    }
}
