package bulwark.seats.secret;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.seats.settings.HmacSecret;
import bulwark.seats.settings.SeatSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Judges the two HMAC secrets where they lie: mode and owner, age, strength, whether they were published, and whether version control has them. Changes nothing. */
public final class SecretsCheck {
    /** The runbook asks for rotation from time to time; a quarter is what auditors expect. */
    private static final Duration MAX_AGE = Duration.ofDays(90);

    private static final int GIT_TIMEOUT_SECONDS = 10;

    private final Path folder;
    private final Map<String, String> environment;
    private final Clock clock;

    public SecretsCheck(Path folder, Map<String, String> environment, Clock clock) {
        this.folder = folder;
        this.environment = environment;
        this.clock = clock;
    }

    /**
     * @param facts one sentence for each secret, with its fingerprint and never its value
     * @param problems what must be mended, one sentence each
     */
    public record Report(List<String> facts, List<String> problems) {}

    public Report run() throws IOException {
        Configuration.Inspection inspection = Configuration.inspect(SeatSettings.schema(), environment, folder);
        List<String> facts = new ArrayList<>();
        List<String> problems = new ArrayList<>(inspection.problems().stream()
                .filter(problem -> problem.contains("_HMAC_SECRET") || problem.contains(".env"))
                .toList());
        SecretsFile file = new SecretsFile(folder, clock);
        Map<String, String> sources = sources(inspection.configuration());
        for (String name : List.of(SeatSettings.SESSION_SECRET, SeatSettings.STEP_UP_SECRET)) {
            String source = sources.getOrDefault(name, "unset");
            inspection
                    .configuration()
                    .secret(name)
                    .ifPresent(secret ->
                            facts.add(name + " from " + source + ", fingerprint " + HmacSecret.fingerprint(secret)));
            if (source.equals(".env")) {
                age(name, file, facts, problems);
            }
        }
        if (Files.exists(file.path()) && isTracked(file.path())) {
            problems.add(
                    ".env is tracked by git, so that everybody with the repository has the secrets: git rm --cached"
                            + " .env, name it in .gitignore, and rotate both secrets");
        }
        return new Report(facts, problems);
    }

    private void age(String name, SecretsFile file, List<String> facts, List<String> problems) throws IOException {
        Duration age = Duration.between(file.made(name), clock.instant());
        facts.add(name + " is " + Math.max(0, age.toDays()) + " days old");
        if (age.compareTo(MAX_AGE) > 0) {
            problems.add(name + " is older than " + MAX_AGE.toDays() + " days: run seat-manager secrets rotate "
                    + (name.equals(SeatSettings.SESSION_SECRET) ? "session" : "step-up"));
        }
    }

    private static Map<String, String> sources(Configuration configuration) {
        Map<String, String> sources = new TreeMap<>();
        for (EffectiveSetting setting : configuration.effective()) {
            sources.put(setting.name(), setting.source());
        }
        return sources;
    }

    /** Git itself is asked, without the settings in its environment. Where it is not installed, nothing is tracked by it. */
    private static boolean isTracked(Path file) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                "git",
                "-C",
                String.valueOf(file.toAbsolutePath().getParent()),
                "ls-files",
                "--error-unmatch",
                "--",
                ".env");
        builder.environment().keySet().removeIf(name -> !name.equals("PATH") && !name.equals("HOME"));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process git = builder.start();
            if (!git.waitFor(GIT_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                git.destroyForcibly();
                throw new IOException("git did not answer within " + GIT_TIMEOUT_SECONDS + " seconds");
            }
            return git.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while git looked for .env", e);
        } catch (IOException e) {
            if (e.getMessage() != null && e.getMessage().startsWith("Cannot run program")) {
                return false;
            }
            throw e;
        }
    }
}
