package bulwark.tasks.exec;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.tasks.handler.TaskHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The file that says which programs tasks may run, in YAML or JSON, readable and writable by its owner alone:
 *
 * <pre>{@code
 * report.nightly:
 *   program: /usr/local/bin/nightly-report
 *   timeoutMs: 60000          # default 60000, at most a day
 *   maxOutputBytes: 65536     # default 65536, at most 16 MiB
 *   env: {LANG: C.UTF-8}      # all that the program sees
 * }</pre>
 */
public final class ExecFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_OUTPUT_BYTES = 16 << 20;
    private static final long MAX_TIMEOUT_MS = Duration.ofDays(1).toMillis();
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
    /** These make a program run something else. */
    private static final Pattern LOADER = Pattern.compile("LD_.*|BASH_ENV|ENV|IFS|SHELLOPTS|BASH_FUNC.*");

    private static final Set<String> KNOWN = Set.of("program", "timeoutMs", "maxOutputBytes", "env");

    private ExecFile() {}

    /** @throws ExecRefused listing every fault of the file and of what it names */
    public static List<TaskHandler> read(Path file) {
        Object root = parse(file);
        if (!(root instanceof Map<?, ?> tasks)) {
            throw new ExecRefused(List.of(file + ": must map task names to programs"));
        }
        List<String> problems = new ArrayList<>();
        List<TaskHandler> handlers = new ArrayList<>();
        tasks.forEach((name, entry) -> {
            try {
                ExecProgram program = program(String.valueOf(name), entry);
                program.check();
                handlers.add(new ExecTask(program));
            } catch (IllegalArgumentException e) {
                problems.add(file + ": " + name + ": " + e.getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw new ExecRefused(problems);
        }
        return List.copyOf(handlers);
    }

    private static Object parse(Path file) {
        try {
            refuseOthers(file);
            if (Files.size(file) > MAX_BYTES) {
                throw new ExecRefused(List.of(file + " is larger than a list of programs can be"));
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            LoadSettings settings = LoadSettings.builder()
                    .setAllowDuplicateKeys(false)
                    .setMaxAliasesForCollections(0)
                    .setLabel(String.valueOf(file.getFileName()))
                    .build();
            return new Load(settings).loadFromString(text);
        } catch (IOException e) {
            throw new ExecRefused(List.of(file + " cannot be read (" + ConfiguredPath.reason(e) + ")"));
        } catch (YamlEngineException e) {
            throw new ExecRefused(List.of(file + " is neither YAML nor JSON"));
        }
    }

    private static void refuseOthers(Path file) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new ExecRefused(List.of(file + " is not a regular file"));
        }
        Set<PosixFilePermission> ours = Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        if (!ours.containsAll(attributes.permissions())) {
            throw new ExecRefused(List.of(file + " can be touched by others than its owner: chmod 600 " + file));
        }
        int us = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if ((int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) != us) {
            throw new ExecRefused(List.of(file + " belongs to another user: chown it to the worker's user"));
        }
    }

    private static ExecProgram program(String task, Object entry) {
        if (!(entry instanceof Map<?, ?> members)) {
            throw new IllegalArgumentException("must be {program, timeoutMs, maxOutputBytes, env}");
        }
        for (Object name : members.keySet()) {
            if (!KNOWN.contains(String.valueOf(name))) {
                throw new IllegalArgumentException("\"" + name + "\" is not known");
            }
        }
        if (!(members.get("program") instanceof String path)) {
            throw new IllegalArgumentException("program must be an absolute path");
        }
        long timeout = number(members, "timeoutMs", 60_000, MAX_TIMEOUT_MS);
        long output = number(members, "maxOutputBytes", 65_536, MAX_OUTPUT_BYTES);
        return new ExecProgram(
                task, Path.of(path), Duration.ofMillis(timeout), (int) output, environment(members.get("env")));
    }

    private static long number(Map<?, ?> members, String name, long standard, long most) {
        Object value = members.get(name);
        if (value == null) {
            return standard;
        }
        if (!(value instanceof Number number) || number.longValue() < 1 || number.longValue() > most) {
            throw new IllegalArgumentException(name + " must be a number from 1 to " + most);
        }
        return number.longValue();
    }

    private static Map<String, String> environment(@Nullable Object env) {
        Map<String, String> environment = new LinkedHashMap<>();
        if (env == null) {
            return environment;
        }
        if (!(env instanceof Map<?, ?> members)) {
            throw new IllegalArgumentException("env must map names to values");
        }
        members.forEach((name, value) -> {
            String variable = String.valueOf(name);
            if (!VARIABLE.matcher(variable).matches()
                    || LOADER.matcher(variable).matches()) {
                throw new IllegalArgumentException("env must not set \"" + variable + "\"");
            }
            environment.put(variable, String.valueOf(value));
        });
        return environment;
    }
}
