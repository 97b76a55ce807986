// A site that asks for a word before it shows its pages, as a captcha does: who says it gets a cookie that scripts cannot read.
import { site } from './site.js';

export const insideText = 'Inside, behind the captcha. '.repeat(20);

export function captchaSite() {
  return site((request, response) => {
    const html = { 'content-type': 'text/html; charset=utf-8' };
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (data: Buffer) => {
        body += data;
      });
      request.on('end', () => {
        const right = body.includes('word=sesame');
        response.writeHead(303, {
          location: request.url,
          ...(right && { 'set-cookie': 'datadome=solved; Path=/; HttpOnly' }),
        });
        response.end();
      });
      return;
    }
    if (request.headers.cookie?.includes('datadome=solved')) {
      response.writeHead(200, html).end(`<!doctype html><title>Inside</title><h1>Inside</h1><p>${insideText}</p>`);
      return;
    }
    response.writeHead(403, { ...html, 'x-datadome': 'protected' }).end(
      `<!doctype html><title>captcha</title><body style="margin:0"><form method="post">
       <input name="word" style="position:absolute;left:20px;top:20px;width:200px;height:40px">
       <button style="position:absolute;left:20px;top:100px;width:200px;height:40px">Go</button></form>
       <script>var dd={'rt':'c','cid':'x','t':'fe','host':'geo.captcha-delivery.com'}</script></body>`,
    );
  });
}
