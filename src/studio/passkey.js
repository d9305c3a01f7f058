// Adds passkeys to pages that work without: a form that has to do with them is hidden until a browser can answer it.
const forms = document.querySelectorAll('form[data-passkey]');
const isAble = 'PublicKeyCredential' in window && 'parseCreationOptionsFromJSON' in PublicKeyCredential;
if (isAble) for (const it of document.querySelectorAll('[data-passkey]')) it.hidden = false;

for (const form of forms) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const says = form.querySelector('[data-says]');
    says.textContent = 'Waiting for your device …';
    try {
      const fields = Object.fromEntries(new FormData(form));
      const asked = await sent(`${form.getAttribute('action')}/options`, { fields });
      if (asked.next) return location.assign(asked.next);
      const answer = await (form.dataset.passkey === 'get' ? proven(asked) : made(asked));
      const { next, says: words } = await sent(form.getAttribute('action'), {
        fields,
        answer,
        next: form.dataset.next,
      });
      if (next) return location.assign(next);
      says.textContent = words;
    } catch {
      says.textContent = 'That did not work. Try again, or use your password.';
    }
  });
}

const proven = async (options) =>
  (await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })).toJSON();
const made = async (options) =>
  (
    await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
  ).toJSON();

async function sent(path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.json();
}
