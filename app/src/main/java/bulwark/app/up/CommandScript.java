package bulwark.app.up;

import java.util.List;

/**
 * A name under {@code bin} for a command of a part. {@code ./bulwark docs} writes the file, and the launcher reads from it how the command is started.
 *
 * @param name of the script and of the command
 * @param arguments shown behind the name, for instance {@code " …"}
 * @param usage what it is for, as a line of {@code ./bulwark help}
 * @param lasting the words after which a process serves or reads a whole store, {@code *} for any; others end before the second compiler pays
 * @param confined the words after which a process runs other people's code, and so bears {@code no_new_privs}
 * @param passing the words after which a process drops nearly all that it allocates with each call, so that it needs little room for new objects
 */
public record CommandScript(
        String name,
        String arguments,
        String usage,
        List<String> lasting,
        List<String> confined,
        List<String> passing) {
    /** Of processes that keep what they read. */
    public CommandScript(String name, String arguments, String usage, List<String> lasting, List<String> confined) {
        this(name, arguments, usage, lasting, confined, List.of());
    }

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
