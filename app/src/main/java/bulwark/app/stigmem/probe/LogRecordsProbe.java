package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.evidence.log.LogRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Index after index, each chained to the one before: an edit in the middle shows without any memory. */
final class LogRecordsProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-LOG-03",
                        Severity.HIGH,
                        "The records of the transparency log are whole and follow each other.",
                        "tutorial, step 8",
                        "Run bin/stigmem fsck, which names the record")
                .requires("V16.4.2")
                .within(Duration.ofSeconds(20));
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        Path log = FactTarget.of(visit).part().path("log");
        String expected = "records from index 0 on, each after the one before";
        if (!Files.exists(log)) {
            return Observed.fail(expected, "there is no file " + log);
        }
        long number = 0;
        LogRecord last = null;
        try (BufferedReader lines = Files.newBufferedReader(log)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LogRecord record = LogRecord.parse(line.getBytes(StandardCharsets.UTF_8));
                if (record == null && !lines.ready()) {
                    break; // being written just now
                }
                String fault = fault(record, last, number);
                if (fault != null) {
                    return Observed.fail(expected, "line " + (number + 1) + " " + fault);
                }
                last = record;
                number++;
            }
        }
        return Observed.of(number > 0, expected, number + " records");
    }

    private static @Nullable String fault(@Nullable LogRecord record, @Nullable LogRecord last, long index) {
        if (record == null) {
            return "is no record";
        }
        if (record.index() != index) {
            return "has index " + record.index();
        }
        if (last != null && !record.prevHash().equals(last.chainHash())) {
            return "does not follow from the one before";
        }
        return record.leafHash().equals(LogRecord.leafHash(record.payload()))
                ? null
                : "has another payload than its hash says";
    }
}
