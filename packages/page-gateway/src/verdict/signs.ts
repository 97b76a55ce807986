// The vendors' marks, as one table: who, what it means, how sure, and where it counts. A named header counts wherever it
// is; a mark of a body counts only where the answer is a refusal or has no content, as the columns say. Above stands what
// beats what is below.
// biome-ignore-all format: a table reads by its columns.
import type { VerdictKind } from '../core/verdict.js';
import {
  address,
  all,
  applicationRoot,
  classLike,
  className,
  either,
  field,
  frame,
  header,
  id,
  key,
  type Look,
  label,
  leadsTo,
  link,
  meta,
  not,
  says,
  script,
  sets,
  setsObject,
  status,
  titled,
} from './sight.js';

/**
 * - `anywhere`: the mark is never on a good page.
 * - `refused`: with a status of 400 or more.
 * - `interstitial`: with a status of 400 or more, or where there is not much content.
 * - `bare`: the mark is on good pages too: with a refusal that is not just a missing page, or where there is no content.
 * - `wall`: a widget: where there is nothing but it, no field to fill in and few words.
 */
export type Where = 'anywhere' | 'refused' | 'interstitial' | 'bare' | 'wall';

export type Sign = readonly [
  vendor: string,
  kind: Exclude<VerdictKind, 'page' | 'shell'>,
  confidence: number,
  where: Where,
  look: Look,
];

/** Rule one: a named header beats any body. */
export const headerSigns: readonly Sign[] = [
  ['cloudflare', 'challenge', 1, 'anywhere', header('cf-mitigated', /^\s*challenge\b/i)],
  ['aws-waf', 'challenge', 1, 'anywhere', header('x-amzn-waf-action', /^\s*challenge\b/i)],
  ['aws-waf', 'captcha', 1, 'anywhere', header('x-amzn-waf-action', /^\s*captcha\b/i)],
  ['datadome', 'captcha', 0.95, 'refused', all(status(401, 403, 405, 429), either(header('x-datadome'), header('x-dd-b')))],
  ['kasada', 'challenge', 0.9, 'refused', all(status(403, 429), either(header('x-kpsdk-ct'), header('x-kpsdk-cd'), header('x-kpsdk-st')))],
  ['sucuri', 'block', 0.95, 'refused', header('x-sucuri-block')],
  ['google', 'captcha', 0.9, 'anywhere', leadsTo(/^(?:https?:)?\/\/(?:[\w-]+\.)*google\.[a-z.]+\/sorry\/|^\/sorry\/index/i)],
];

/** What the body of an answer whose header named the vendor may say more exactly. */
export const bodySigns: readonly Sign[] = [
  // Cloudflare
  ['cloudflare', 'challenge', 0.95, 'interstitial', sets('_cf_chl_opt')],
  ['cloudflare', 'challenge', 0.95, 'interstitial', script(/\/cdn-cgi\/challenge-platform\/[^?#]*orchestrate\//)],
  ['cloudflare', 'challenge', 0.9, 'interstitial', either(script(/[?&;]__cf_chl_(?:f_|rt_)?tk=/), link(/[?&;]__cf_chl_(?:f_|rt_)?tk=/))],
  ['cloudflare', 'challenge', 0.9, 'interstitial', id('challenge-error-text', 'cf-challenge-running')],
  ['cloudflare', 'challenge', 0.8, 'interstitial', all(id('challenge-form'), either(titled(/^Just a moment/i), titled(/^Attention Required! \| Cloudflare$/i), header('server', /^cloudflare/i)))],
  ['cloudflare', 'challenge', 0.75, 'refused', all(titled(/^Just a moment\.\.\.$/i), either(header('server', /^cloudflare/i), header('cf-ray'), className('ray-id')))],
  ['cloudflare', 'rate', 0.95, 'refused', label('cf-error-code', /^(?:error\s*)?1015$/i)],
  ['cloudflare', 'block', 0.95, 'refused', label('cf-error-code', /^(?:error\s*)?(?:10(?:0[6-9]|1[0-4])|1020)$/i)],
  ['cloudflare', 'block', 0.85, 'refused', all(titled(/^Attention Required! \| Cloudflare$/i), either(id('cf-error-details', 'cf-wrapper'), header('server', /^cloudflare/i), says(/you have been blocked/i, 2_500)))],

  // DataDome: `bv` is an address that is banned; no puzzle opens it.
  ['datadome', 'block', 0.95, 'interstitial', setsObject('dd', /["']?\bt["']?\s{0,9}:\s{0,9}["']bv["']/)],
  ['datadome', 'block', 0.95, 'interstitial', frame(/captcha-delivery\.com\/[^#]*[?&;]t=bv\b/)],
  ['datadome', 'challenge', 0.95, 'interstitial', frame(/^(?:https?:)?\/\/geo\.captcha-delivery\.com\/interstitial\//)],
  ['datadome', 'captcha', 0.95, 'interstitial', frame(/^(?:https?:)?\/\/geo\.captcha-delivery\.com\/captcha\//)],
  ['datadome', 'challenge', 0.9, 'interstitial', all(setsObject('dd', /["']?\brt["']?\s{0,9}:\s{0,9}["']i["']/), setsObject('dd', /captcha-delivery\.com/))],
  ['datadome', 'captcha', 0.95, 'interstitial', setsObject('dd', /captcha-delivery\.com/)],
  ['datadome', 'challenge', 0.9, 'interstitial', script(/^(?:https?:)?\/\/(?:ct|geo)\.captcha-delivery\.com\/i\.js/)],
  ['datadome', 'captcha', 0.9, 'interstitial', script(/^(?:https?:)?\/\/(?:ct|geo)\.captcha-delivery\.com\//)],

  // PerimeterX (HUMAN)
  ['perimeterx', 'captcha', 0.95, 'interstitial', id('px-captcha', 'px-captcha-wrapper')],
  ['perimeterx', 'captcha', 0.9, 'interstitial', meta('description', /^px-captcha$/i)],
  ['perimeterx', 'captcha', 0.9, 'interstitial', script(/^(?:https?:)?\/\/captcha\.px-(?:cdn|cloud)\.net\//)],
  ['perimeterx', 'captcha', 0.85, 'interstitial', script(/^\/[A-Za-z0-9]{8}\/captcha\/(?:PX[A-Za-z0-9]+\/)?captcha\.js/)],
  ['perimeterx', 'block', 0.8, 'refused', titled(/^Access to this page has been denied\.?$/i)],
  ['perimeterx', 'rate', 0.7, 'bare', all(status(429), either(sets('_pxAppId'), script(/^(?:https?:)?\/\/[\w.-]*px-(?:cdn|cloud)\.net\//)))],
  ['perimeterx', 'block', 0.8, 'bare', sets('_pxAppId')],
  ['perimeterx', 'block', 0.7, 'bare', sets('_pxUuid')],
  ['perimeterx', 'block', 0.6, 'bare', script(/^(?:https?:)?\/\/[\w.-]*px-(?:cdn|cloud)\.net\//)],

  // Imperva (Incapsula, Distil)
  ['imperva', 'block', 0.95, 'interstitial', frame(/\/_Incapsula_Resource\?/)],
  ['imperva', 'block', 0.9, 'interstitial', titled(/^Pardon Our Interruption\b/i)],
  ['imperva', 'block', 0.85, 'interstitial', all(says(/Incapsula incident ID:?\s{0,9}\d+/i, 600), either(header('x-iinfo'), header('x-cdn', /incapsula|imperva/i), status(400, 403, 406, 429, 503), says(/^\s*Request unsuccessful/i, 600)))],
  ['imperva', 'challenge', 0.75, 'bare', script(/\/_Incapsula_Resource\?/)],

  // AWS WAF
  ['aws-waf', 'captcha', 0.9, 'interstitial', script(/^(?:https?:)?\/\/[\w.-]+\.(?:captcha|captcha-sdk)\.awswaf\.com\//)],
  ['aws-waf', 'challenge', 0.9, 'interstitial', sets('gokuProps')],
  ['aws-waf', 'challenge', 0.75, 'bare', script(/^(?:https?:)?\/\/[\w.-]+\.token\.awswaf\.com\/[^?#]*challenge(?:\.compact)?\.js/)],

  // Kasada
  ['kasada', 'challenge', 0.95, 'interstitial', sets('KPSDK.scriptStart')],
  ['kasada', 'challenge', 0.85, 'bare', script(/\/149e9513-01fa-4fb0-aad4-566afd725d1b\/[^?#]*\/ips\.js/)],

  // Akamai
  ['akamai', 'challenge', 0.9, 'interstitial', either(id('sec-if-cpt-container', 'sec-cpt-if'), className('sec-if-cpt-container', 'behavioral-content'))],
  ['akamai', 'challenge', 0.85, 'interstitial', script(/\/_sec\/cp_challenge\//)],
  ['akamai', 'block', 0.9, 'refused', all(titled(/^Access Denied$/i), either(says(/Reference\s{0,9}(?:#|&#0?35;)\s{0,9}[\da-f]{1,3}\.[\da-f]+\.\d+\.[\da-f]+/i, 1_000), link(/^https?:\/\/errors\.edgesuite\.net\//), says(/https?:(?:\/\/|&#0?47;&#0?47;)errors(?:\.|&#0?46;)edgesuite(?:\.|&#0?46;)net/i, 1_000), header('server', /^AkamaiGHost/i)))],
  ['akamai', 'block', 0.8, 'refused', all(status(403), header('server', /^AkamaiGHost/i), says(/Reference\s{0,9}(?:#|&#0?35;)/i, 1_000))],

  // Web application firewalls
  ['f5', 'challenge', 0.85, 'interstitial', either(script(/^\/TSPD\/\w+/), sets('bobcmn'))],
  ['f5', 'block', 0.9, 'interstitial', all(says(/requested URL was rejected/i, 400), says(/support ID is:?\s{0,9}(?:&lt;|<)?\s{0,9}\d{5,}/i, 400))],
  ['radware', 'captcha', 0.95, 'anywhere', address(/^https?:\/\/validate\.perfdrive\.com\//i)],
  ['radware', 'captcha', 0.9, 'interstitial', titled(/^Radware (?:Bot Manager )?Captcha(?: Page)?$/i)],
  ['radware', 'block', 0.9, 'refused', titled(/^(?:Radware (?:Block )?Page|Unauthorized Request Blocked)$/i)],
  ['radware', 'block', 0.8, 'refused', all(says(/Unauthorized Activity Has Been Detected/i, 600), says(/Case Number/i, 600))],
  ['sucuri', 'challenge', 0.95, 'interstitial', sets('sucuri_cloudproxy_js')],
  ['sucuri', 'block', 0.95, 'refused', titled(/^Sucuri Web(?:S|s)ite Firewall\b/i)],
  ['sucuri', 'block', 0.8, 'refused', all(either(header('x-sucuri-id'), header('server', /^Sucuri/i)), says(/Access Denied - Sucuri Website Firewall/i, 1_500))],
  ['ddos-guard', 'challenge', 0.95, 'interstitial', either(id('link-ddg'), script(/^(?:https?:)?\/\/check\.ddos-guard\.net\//), script(/^\/\.well-known\/ddos-guard\//))],
  ['ddos-guard', 'challenge', 0.85, 'refused', titled(/^DDoS-Guard$/i)],
  ['ddos-guard', 'block', 0.7, 'refused', all(status(403), header('server', /^ddos-guard/i), titled(/^(?:403|Access denied|Forbidden)\b/i))],

  // Google
  ['google', 'captcha', 0.95, 'anywhere', all(address(/^https?:\/\/(?:[\w-]+\.)*google\.[a-z.]+\/sorry\//i), either(id('captcha-form'), className('g-recaptcha'), key('data-sitekey')))],
  ['google', 'rate', 0.9, 'anywhere', address(/^https?:\/\/(?:[\w-]+\.)*google\.[a-z.]+\/sorry\//i)],
  ['google', 'captcha', 0.9, 'interstitial', all(id('captcha-form'), either(id('infoDiv0'), link(/policies\/terms/), says(/unusual traffic/i, 1_500)))],
  ['google', 'captcha', 0.85, 'refused', all(status(429), id('captcha-form'))],
  ['google', 'rate', 0.8, 'refused', all(status(429), id('infoDiv0'))],

  // Widgets: anybody may have one on a form.
  ['turnstile', 'captcha', 0.85, 'wall', either(all(className('cf-turnstile'), key('data-sitekey')), field('cf-turnstile-response'), frame(/^(?:https?:)?\/\/challenges\.cloudflare\.com\//))],
  ['hcaptcha', 'captcha', 0.85, 'wall', either(all(className('h-captcha'), key('data-sitekey')), field('h-captcha-response'), frame(/^(?:https?:)?\/\/(?:[\w-]+\.)*hcaptcha\.com\//))],
  ['recaptcha', 'captcha', 0.85, 'wall', either(all(className('g-recaptcha'), key('data-sitekey'), not(key('data-size', /^invisible$/i))), field('g-recaptcha-response'), frame(/^(?:https?:)?\/\/(?:www\.)?(?:google\.com|recaptcha\.net)\/recaptcha\//))],
  ['arkose', 'captcha', 0.85, 'wall', either(key('data-pkey'), id('funcaptcha', 'FunCaptcha', 'arkose'), script(/^(?:https?:)?\/\/(?:[\w-]+[-.])?api\.arkoselabs\.com\//), script(/funcaptcha\.com\/fc\/api/), frame(/arkoselabs\.com|funcaptcha\.com/))],
  ['geetest', 'captcha', 0.85, 'wall', either(classLike(/^geetest_/), script(/^(?:https?:)?\/\/[\w.-]*geetest\.com\/(?:[^?#]*\/)?gt4?\.js/))],
  ['turnstile', 'captcha', 0.6, 'wall', all(script(/^(?:https?:)?\/\/challenges\.cloudflare\.com\/turnstile\//), says(/\S/, 600), not(applicationRoot))],
  ['hcaptcha', 'captcha', 0.6, 'wall', all(script(/^(?:https?:)?\/\/(?:js\.)?hcaptcha\.com\/1\/api\.js/), says(/\S/, 600), not(applicationRoot))],
  ['recaptcha', 'captcha', 0.6, 'wall', all(script(/^(?:https?:)?\/\/(?:www\.)?(?:google\.com|recaptcha\.net)\/recaptcha\/(?:api|enterprise)\.js(?:$|\?(?!(?:[^#]*[&;])?render=(?!explicit)))/), says(/\S/, 600), not(applicationRoot))],
];
