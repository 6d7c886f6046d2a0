// Asks regularly whether the person is still signed in. When they are not, a dialog over the page says so; once they
// have signed in again in another tab, the page continues. When another person signs in, or one with another role, the
// page is reloaded.

const everyMs = 60_000;
const dialog = document.getElementById('signed-out');

const ask = async () => {
    try {
        const response = await fetch('sign-in', {
            cache: 'no-store',
            headers: {
                'Accept': 'application/json',
                'X-Person': dialog.dataset.person,
                'X-Sign-In': dialog.dataset.signIn,
            },
        });
        return response.status;
    } catch {
        return 0; // AiStack does not answer; another dialog says so.
    }
};

const check = async () => {
    const status = await ask();
    if (status === 401 && !dialog.open) {
        dialog.showModal();
    } else if (status === 409) {
        location.reload();
    } else if (status === 204 && dialog.open) {
        dialog.close();
        document.dispatchEvent(new Event('signed-in'));
    }
};

const checkIfSeen = () => document.visibilityState === 'visible' && check();

if (dialog) {
    setInterval(checkIfSeen, everyMs);
    document.addEventListener('visibilitychange', checkIfSeen);
    window.addEventListener('focus', check);
    document.addEventListener('signed-out', check);
    dialog.querySelector('button').addEventListener('click', check);
    dialog.addEventListener('cancel', event => event.preventDefault());
}
