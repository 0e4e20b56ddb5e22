package bulwark.app.seatmanager.probe;

import bulwark.doctor.host.HostProcess;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** The program that runs is asked, by the words that started it, in a folder of the doctor's own: would it start with these? */
final class WeakStartRefusedProbe implements Probe {
    /** The key of the first test of RFC 8032, which everybody has. */
    private static final String PUBLISHED = "9d61b19deffd5a60ba844af492ec2cc4" + "4449c5697b326919703bac031cae7f60";

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String COMMAND = "seat-manager";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-START-01",
                        Severity.CRITICAL,
                        "A start with published secrets, or with the fork version of a public network, is refused.",
                        "runbook, sections 2 and 4; seat manager, \"Published values refused\"",
                        "./bulwark reproduce says whether the program is that of the sources")
                .requires("V11.1.1", "V13.2.3")
                .within(Duration.ofSeconds(25));
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        HostProcess api = SeatTarget.of(visit).process(SeatTarget.API);
        String expected = "a refusal that names both secrets and the fork version";
        List<String> command = check(api);
        Path folder = visit.memory().folder().resolve("scratch");
        OwnerOnlyFiles.createDirectories(folder);
        Path answer = folder.resolve("answer");
        Process process = start(command, folder, answer);
        try {
            if (!process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                return Observed.error(expected, "the program said nothing within " + TIMEOUT.toSeconds() + " s");
            }
        } finally {
            process.destroyForcibly();
        }
        return judge(expected, process.exitValue(), Files.readString(answer));
    }

    private static Observed judge(String expected, int code, String answer) {
        List<String> problems = new ArrayList<>();
        try {
            JsonNode report = StrictJson.parse(answer.strip().getBytes(StandardCharsets.UTF_8));
            report.path("problems").forEach(each -> problems.add(each.asString("")));
        } catch (StrictJson.JsonRefused noReport) {
            return Observed.error(expected, "the program ended with " + code + " and no report");
        }
        boolean refused = code != 0
                && names(problems, "SESSION_HMAC_SECRET", "was published")
                && names(problems, "STEP_UP_HMAC_SECRET", "was published")
                && names(problems, "SEAT_MANAGER_GENESIS_FORK_VERSION", "is that of");
        return Observed.of(
                refused,
                expected,
                problems.isEmpty()
                        ? "taken, with code " + code
                        : "refused with code " + code + ": " + String.join("; ", problems));
    }

    private static boolean names(List<String> problems, String setting, String words) {
        return problems.stream().anyMatch(each -> each.startsWith(setting + " ") && each.contains(words));
    }

    /** What started the service, with another command behind it. */
    private static List<String> check(HostProcess api) throws IOException {
        List<String> words = api.commandLine();
        int at = words.indexOf(COMMAND);
        if (at < 1) {
            throw new IOException(api.words() + " was not started by the command " + COMMAND);
        }
        List<String> command = new ArrayList<>(words.subList(0, at));
        command.addAll(List.of(COMMAND, "config", "check", "--json"));
        return command;
    }

    private static Process start(List<String> command, Path folder, Path answer) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(answer.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment()
                .putAll(Map.of(
                        "SESSION_HMAC_SECRET",
                        PUBLISHED,
                        "STEP_UP_HMAC_SECRET",
                        PUBLISHED.toUpperCase(java.util.Locale.ROOT),
                        "DATABASE_URL",
                        "sqlite:none.db",
                        "SEAT_MANAGER_GENESIS_FORK_VERSION",
                        "0x00000000"));
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }
}
