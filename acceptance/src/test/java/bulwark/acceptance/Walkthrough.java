package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.ProgramProcess;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs a Markdown document as its reader would. A block of {@code sh} is run in one terminal, in the order of the document; one that begins with
 * {@link #OWN_TERMINAL} is started and left running. A block of {@code text} or {@code json} after it is what it must print, with {@code …} for what differs from run
 * to run. Any other block is a file, whose path stands in backticks on the line before.
 */
final class Walkthrough implements AutoCloseable {
    private static final String OWN_TERMINAL = "# in a terminal of its own";
    private static final Pattern FENCED =
            Pattern.compile("(?m)([^\\n]*)\\n\\n?```(\\w+)\\n(.*?)\\n```$", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("`([^`]+)`:$");
    private static final Pattern EXPORT = Pattern.compile("(?m)^ *(export [A-Z_]+=[^…\\s]+)$");
    private static final Duration DEADLINE = Duration.ofSeconds(300);

    private final Path home;
    private String text;
    private final Map<String, String> substitutions = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<ProgramProcess> running = new ArrayList<>();

    private record Block(String before, String language, String content) {}

    /** @param home the reader's home folder; the first terminal stands in the folder of the repository */
    Walkthrough(String document, Path home) throws IOException {
        this.home = home;
        this.text = Files.readString(SharedMaterial.repository().resolve(document));
        Files.writeString(state(), "cd " + SharedMaterial.repository() + "\n");
    }

    /** What this run puts in place of the document's own words, for instance of its ports. */
    Walkthrough replacing(String from, String to) {
        assertThat(text).contains(from);
        substitutions.put(from, to);
        return this;
    }

    /** Only what stands before this line. */
    Walkthrough upTo(String line) {
        assertThat(text).contains("\n" + line);
        text = text.substring(0, text.indexOf("\n" + line));
        return this;
    }

    Walkthrough with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** @return how many commands blocks were run */
    int run() throws IOException, InterruptedException {
        List<Block> blocks = blocks();
        int ran = 0;
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            String shows = i + 1 < blocks.size() && isOutput(blocks.get(i + 1)) ? blocks.get(i + 1).content : "";
            if (block.language.equals("sh")) {
                ran++;
                if (block.content.startsWith(OWN_TERMINAL)) {
                    launch(block.content, shows, ran);
                } else {
                    Shell.Outcome outcome = Shell.bash(home, environment, DEADLINE, inTerminal(block.content));
                    assertThat(outcome.exitCode())
                            .as("%s%n%s", block.content, outcome)
                            .isZero();
                    assertThat(outcome.out()).as(block.content).containsPattern(pattern(shows));
                }
            } else if (!isOutput(block)) {
                write(block);
            }
        }
        return ran;
    }

    private List<Block> blocks() {
        String replaced = text;
        for (Map.Entry<String, String> substitution : substitutions.entrySet()) {
            replaced = replaced.replace(substitution.getKey(), substitution.getValue());
        }
        return FENCED.matcher(replaced)
                .results()
                .map(match -> new Block(match.group(1), match.group(2), match.group(3)))
                .toList();
    }

    private static boolean isOutput(Block block) {
        return block.language.equals("text") || block.language.equals("json");
    }

    /** Folder and variables of the block before are those of the next, as in a terminal. */
    private String inTerminal(String commands) {
        return "exec 2>&1; set -a; . '" + state() + "'; set -euo pipefail\n" + commands
                + "\n{ export -p; echo \"cd '$PWD'\"; } > '" + state() + "'";
    }

    private void launch(String command, String shows, int number) throws IOException, InterruptedException {
        Path output = home.resolve("terminal-" + number + ".txt");
        String only = command.substring(OWN_TERMINAL.length()).strip();
        ProgramProcess process = ProgramProcess.start(
                home, environment, output, List.of("bash", "-c", "set -a; . '" + state() + "'; exec " + only));
        running.add(process);
        process.awaitReady(() -> pattern(shows).matcher(read(output)).find());
        // The reader pastes what the program asks to be pasted.
        String pasted = EXPORT.matcher(read(output))
                .results()
                .map(match -> match.group(1) + "\n")
                .collect(Collectors.joining());
        Files.writeString(state(), Files.readString(state()) + pasted);
    }

    private void write(Block block) throws IOException, InterruptedException {
        Matcher name = FILE.matcher(block.before);
        assertThat(name.find())
                .as("a file's path stands before the block: " + block.content)
                .isTrue();
        Path source = Files.writeString(home.resolve("file.txt"), block.content + "\n");
        String place = "mkdir -p \"$(dirname '%1$s')\" && cp '%2$s' '%1$s'".formatted(name.group(1), source);
        assertThat(Shell.bash(home, environment, DEADLINE, inTerminal(place)).exitCode())
                .as(place)
                .isZero();
    }

    /** Of the whole text, blanks counting as blanks of any width. */
    private static Pattern pattern(String shows) {
        String quoted = List.of(shows.strip().split("…", -1)).stream()
                .map(part -> List.of(part.split("\\s+", -1)).stream()
                        .map(Pattern::quote)
                        .collect(Collectors.joining("\\s+")))
                .collect(Collectors.joining(".*?"));
        return Pattern.compile(quoted, Pattern.DOTALL);
    }

    private Path state() {
        return home.resolve("terminal-state.sh");
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    @Override
    public void close() {
        running.reversed().forEach(ProgramProcess::close);
    }
}
