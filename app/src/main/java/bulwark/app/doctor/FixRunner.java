package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.doctor.probe.Fix;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.report.ProbeResult;
import bulwark.doctor.report.Report;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Mends what a visit refuted, as far as the doctor may: it prints each change, asks, makes them, and has the probes look again. Without a yes it changes nothing at all.
 *
 * @param yes nobody need be asked
 */
record FixRunner(CommandContext context, VisitRunner runner, boolean yes) {
    /** @return the report, with the new result of each probe that looked again */
    Report run(Report report, List<Probe> probes) throws InterruptedException {
        Map<String, List<Fix>> fixes = new LinkedHashMap<>();
        for (ProbeResult result : report.inOrder()) {
            if (result.isRed()) {
                runner.fixes(result.id(), probes, fixes, context.err());
            }
        }
        if (fixes.isEmpty()) {
            context.err().println("--fix: nothing that was refuted is among the few things that it mends");
            return report;
        }
        int count = fixes.values().stream().mapToInt(List::size).sum();
        fixes.forEach((id, each) ->
                each.forEach(fix -> context.err().println("--fix: " + id + " would be mended by: " + fix.words())));
        if (!yes && !isAgreed(count)) {
            context.err().println("--fix: nothing was changed");
            return report;
        }
        fixes.forEach((id, each) -> each.forEach(fix -> make(id, fix)));
        return again(
                report,
                probes.stream()
                        .filter(probe -> fixes.containsKey(probe.description().id()))
                        .toList());
    }

    /** Whatever is no yes is a no, and so is an input that has ended. */
    private boolean isAgreed(int count) {
        context.err().print("--fix: make " + (count == 1 ? "this change" : "these " + count + " changes") + "? [y/N] ");
        context.err().flush();
        try {
            String answer = new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8)).readLine();
            return answer != null
                    && answer.strip().toLowerCase(java.util.Locale.ROOT).matches("y|yes");
        } catch (IOException e) {
            return false;
        }
    }

    private void make(String id, Fix fix) {
        try {
            fix.step().run();
            context.err().println("--fix: " + id + " done: " + fix.words());
        } catch (IOException | RuntimeException e) {
            context.err().println("--fix: " + id + " could not be mended: " + fix.words() + ": " + e.getMessage());
        }
    }

    private Report again(Report before, List<Probe> probes) throws InterruptedException {
        Report after = runner.visit(probes, result -> {});
        Map<String, ProbeResult> results = new LinkedHashMap<>();
        before.probes().forEach(result -> results.put(result.id(), result));
        after.probes().forEach(result -> {
            results.put(result.id(), result);
            context.err().println("--fix: " + result.id() + " looked again: " + result.mark() + ", " + result.seen());
        });
        return new Report(
                before.target(),
                before.visitId(),
                before.started(),
                before.tookMs() + after.tookMs(),
                before.requests() + after.requests(),
                before.complete() && after.complete(),
                new ArrayList<>(results.values()));
    }
}
