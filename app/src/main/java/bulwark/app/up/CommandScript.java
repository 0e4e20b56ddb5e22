package bulwark.app.up;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name under {@code bin} for a command of a part. {@code ./bulwark docs} writes the file, and the launcher reads from it how the command is started.
 *
 * @param name of the script and of the command
 * @param arguments shown behind the name, for instance {@code " …"}
 * @param usage what it is for, as a line of {@code ./bulwark help}
 * @param lasting the words after which a process serves or reads a whole store, {@code *} for any; others end before the second compiler pays
 * @param confined the words after which a process runs other people's code, and so bears {@code no_new_privs}
 * @param passing the words after which a process drops nearly all that it allocates with each call, so that it needs little room for new objects
 * @param handover of a secret in front of a start line; null for none
 */
public record CommandScript(
        String name,
        String arguments,
        String usage,
        List<String> lasting,
        List<String> confined,
        List<String> passing,
        @Nullable SecretHandover handover) {
    /** Of processes that keep what they read. */
    public CommandScript(String name, String arguments, String usage, List<String> lasting, List<String> confined) {
        this(name, arguments, usage, lasting, confined, List.of(), null);
    }

    /**
     * A secret that stands in front of a start line, where the process that serves must not have it: the launcher gives it to another command over a pipe, and starts the first without it.
     *
     * @param setting its name in the environment
     * @param from the word after which the secret is taken away
     * @param to the word of the command that gets it as the first line of its input, and ends when the first process does; it works in a folder of that name
     */
    public record SecretHandover(String setting, String from, String to) {}

    public String text() {
        StringBuilder text = new StringBuilder("#!/usr/bin/env bash\n");
        text.append("# Written by ./bulwark docs. The document's own name for: bulwark ")
                .append(name)
                .append('\n');
        text.append("# usage: ")
                .append(String.format("%-31s", "bin/" + name + arguments))
                .append(usage)
                .append('\n');
        list(text, "lasting", lasting);
        list(text, "confined", confined);
        list(text, "passing", passing);
        if (handover != null) {
            list(text, "handover", List.of(handover.setting(), handover.from(), handover.to()));
        }
        // Programs that this asks beside bash would take milliseconds of each start.
        return text.append("script=${BASH_SOURCE[0]}\n")
                .append("[ ! -L \"$script\" ] || script=$(readlink -f \"$script\")\n")
                .append("[[ $script == */* ]] || script=./$script\n")
                .append("exec \"${script%/*}/../bulwark\" ")
                .append(name)
                .append(" \"$@\"\n")
                .toString();
    }

    private static void list(StringBuilder text, String header, List<String> words) {
        if (!words.isEmpty()) {
            text.append("# ")
                    .append(header)
                    .append(": ")
                    .append(String.join(", ", words))
                    .append('\n');
        }
    }
}
