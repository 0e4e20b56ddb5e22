package bulwark.kernel.quota;

/** What a limit of a {@link QuotaPlan} counts in. Second and minute are token buckets; day and month are those of the calendar in UTC. */
public enum QuotaPeriod {
    SECOND("per_second"),
    MINUTE("per_minute"),
    DAY("daily"),
    MONTH("monthly");

    private final String word;

    QuotaPeriod(String word) {
        this.word = word;
    }

    /** As answers and metrics name it. */
    public String word() {
        return word;
    }
}
