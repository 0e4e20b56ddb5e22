package bulwark.gateway.enforcement;

import bulwark.gateway.call.AnswerCopy;
import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.LocalAnswer;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.policy.CachingRule;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.Principal;
import bulwark.kernel.signing.Digests;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives kept answers again, and keeps those that pass, as a shared cache may (RFC 9111). Unless the policy says {@code shared}, a caller is given nothing that another caller's call
 * brought; where callers are not known it keeps nothing then. Thread-safe.
 */
final class CachingExecutor implements PolicyExecutor {
    private static final PolicyVerdict LOOK_UP = new PolicyVerdict.Effect("look_up", call -> {});

    private final CachingRule rule;
    private final boolean shadow;
    private final ResponseCache cache;
    private final Clock clock;

    /** @param shadow only says which calls are looked up: neither keeps, finds nor forgets anything */
    CachingExecutor(CachingRule rule, boolean shadow, ResponseCache cache, Clock clock) {
        this.rule = rule;
        this.shadow = shadow;
        this.cache = cache;
        this.clock = clock;
    }

    @Override
    public PolicyVerdict decide(GatewayCall call) {
        RawRequestHead head = call.head();
        ApiRoute route = call.route();
        if (route == null) {
            return PolicyVerdict.PASS;
        }
        ResponseCache.Resource resource = new ResponseCache.Resource(route.id(), head.target());
        return switch (head.method()) {
            case "GET", "HEAD" -> read(call, route, resource);
            case "OPTIONS" -> PolicyVerdict.PASS;
            default -> {
                if (!shadow) {
                    call.onEnd(ended -> changed(ended, resource));
                }
                yield PolicyVerdict.PASS;
            }
        };
    }

    private void changed(GatewayCall ended, ResponseCache.Resource resource) {
        CallOutcome outcome = ended.outcome();
        if (outcome != null && outcome.refusal() == null && outcome.status() / 100 >= 2 && outcome.status() < 400) {
            cache.invalidate(resource);
        }
    }

    private PolicyVerdict read(GatewayCall call, ApiRoute route, ResponseCache.Resource resource) {
        RawRequestHead head = call.head();
        CacheDirectives asked = CacheDirectives.of(head.values("cache-control"));
        if (head.hasBody()
                || head.isUpgrade()
                || head.value("range") != null
                || head.value(HeaderName.COOKIE) != null
                || asked.has("no-store")
                || !rule.shared() && call.principal() == null) {
            return PolicyVerdict.PASS;
        }
        if (shadow) {
            return LOOK_UP;
        }
        ResponseCache.Key key = new ResponseCache.Key(call.policies(), resource, host(head), caller(call, route));
        long now = clock.millis();
        StoredAnswer kept = wantsBackend(head, asked) ? null : find(key, head, asked, now);
        if (kept != null) {
            cache.hit();
            return new PolicyVerdict.Effect("answer", same -> same.localAnswer(kept.answer(head, now)));
        }
        cache.missed();
        if (asked.has("only-if-cached")) {
            return new PolicyVerdict.Effect("answer", same -> same.localAnswer(notKept()));
        }
        if (head.method().equals("GET") && !isConditional(head)) {
            long moment = cache.moment(resource);
            AnswerCopy copied = new AnswerCopy(
                    rule.maxEntryBytes(),
                    cache.copies(),
                    copy -> stored(copy, head, new byte[0]) != null,
                    copy -> keep(copy, head, key, moment));
            call.addAnswerCopy(copied);
            call.onEnd(ended -> copied.drop());
        }
        return PolicyVerdict.PASS;
    }

    private static boolean wantsBackend(RawRequestHead head, CacheDirectives asked) {
        String pragma = asked.has("max-age") ? null : head.value("pragma");
        return asked.has("no-cache")
                || pragma != null && pragma.toLowerCase(Locale.ROOT).contains("no-cache");
    }

    private @Nullable StoredAnswer find(ResponseCache.Key key, RawRequestHead head, CacheDirectives asked, long now) {
        Long maxAge = asked.seconds("max-age");
        Long minFresh = asked.seconds("min-fresh");
        return cache.find(key).stream()
                .filter(answer -> answer.isFresh(now + (minFresh == null ? 0 : minFresh * 1_000)))
                .filter(answer -> maxAge == null || answer.ageMillis(now) <= maxAge * 1_000)
                .filter(answer -> answer.isFor(head))
                .findFirst()
                .orElse(null);
    }

    /** A backend may answer such a request with a part of what it has. */
    private static boolean isConditional(RawRequestHead head) {
        return head.value("if-match") != null
                || head.value("if-unmodified-since") != null
                || head.value("if-range") != null;
    }

    private @Nullable StoredAnswer stored(AnswerCopy copy, RawRequestHead head, byte[] body) {
        Set<String> names = Freshness.varyNames(copy.fields());
        if (names == null) {
            return null;
        }
        Map<String, String> selected = names.stream()
                .collect(Collectors.toMap(Function.identity(), name -> StoredAnswer.selected(head, name)));
        return Freshness.of(copy, rule, selected, clock.millis(), body);
    }

    private void keep(AnswerCopy copy, RawRequestHead head, ResponseCache.Key key, long moment) {
        StoredAnswer answer = stored(copy, head, copy.body());
        if (answer != null) {
            cache.keep(key, answer, moment, clock.millis());
        }
    }

    private static LocalAnswer notKept() {
        return new LocalAnswer(504, "", new byte[0], List.of("Cache-Status", "stoa; fwd=miss"));
    }

    private static String host(RawRequestHead head) {
        String host = head.value(HeaderName.HOST);
        return host == null ? "" : host.toLowerCase(Locale.ROOT);
    }

    /** Everything of the caller that the backend hears, and whom its answer may be for. */
    private String caller(GatewayCall call, ApiRoute route) {
        Principal principal = call.principal();
        StringBuilder caller = new StringBuilder(100);
        if (principal != null) {
            caller.append(principal.tenant());
        }
        if (rule.shared()) {
            return caller.toString();
        }
        if (principal != null) {
            caller.append('\n').append(principal.entityUri());
            caller.append('\n').append(principal.authentication().clientId());
            caller.append('\n').append(principal.authentication().subAccount());
        }
        call.backendFields().forEach(text -> caller.append('\n').append(text));
        if (route.forwardAuthorization()) {
            RawRequestHead head = call.head();
            caller.append('\n')
                    .append(Digests.sha256Hex(head.values("authorization") + "\n" + head.values("x-api-key")));
        }
        return caller.toString();
    }
}
