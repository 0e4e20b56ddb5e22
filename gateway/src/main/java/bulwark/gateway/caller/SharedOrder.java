package bulwark.gateway.caller;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An order as Redis holds it beside its name: {@code until}, or with a key that the gateways share {@code until:at:MAC}, where the MAC is HMAC-SHA256 of name, until and at in lines.
 *
 * @param until its end in epoch milliseconds; negative for an order that was taken back
 * @param at when it was given; 0 when that is not known. A later one counts
 */
record SharedOrder(long until, long at) {
    private static final Pattern FORM = Pattern.compile("(-?\\d{1,16})(?::(\\d{1,16}):([A-Za-z0-9_-]{43}))?");

    boolean isTakenBack() {
        return until < 0;
    }

    boolean isOver(long now) {
        return Math.abs(until) < now;
    }

    /** Whether it counts after another one of the same name. */
    boolean follows(SharedOrder before) {
        return at > before.at || (at == before.at && until != before.until);
    }

    String text(String name, Optional<SecretBytes> key, Signing signing) {
        return key.map(secret -> until + ":" + at + ":" + Base64Url.text(mac(name, secret, signing)))
                .orElse(Long.toString(until));
    }

    /** Empty when it is none, or a key is given that does not vouch for it. */
    static Optional<SharedOrder> parse(String name, String text, Optional<SecretBytes> key, Signing signing) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        String at = form.group(2);
        SharedOrder order = new SharedOrder(Long.parseLong(form.group(1)), at == null ? 0 : Long.parseLong(at));
        if (key.isEmpty()) {
            return Optional.of(order);
        }
        byte[] given = Base64Url.bytes(String.valueOf(form.group(3))).orElse(new byte[0]);
        boolean vouched = SecretBytes.of(order.mac(name, key.get(), signing)).equalsSecret(SecretBytes.of(given));
        return vouched ? Optional.of(order) : Optional.empty();
    }

    private byte[] mac(String name, SecretBytes key, Signing signing) {
        String message = "stoa shared order\n" + name + "\n" + until + "\n" + at;
        return signing.hmacSha256(key, message.getBytes(StandardCharsets.UTF_8));
    }
}
