// The file goes straight to the server, not through the page's connection, which is for small things.
export const send = async (input, token) => {
    if (!input) {
        // The first trace came in meanwhile, and with it another page.
        return { failure: 'The page has changed. Choose the file again.' };
    }

    const [file] = input.files;
    if (!file) {
        return { failure: 'No file was chosen.' };
    }

    try {
        const response = await fetch('telemetry/import', {
            method: 'POST',
            body: file,
            headers: { RequestVerificationToken: token ?? '' },
        });
        const body = await response.json().catch(() => ({}));
        return response.ok
            ? {
                spans: body.spans,
                logs: body.logs,
                points: body.metric_points,
                rejected: body.rejected,
                reason: body.reason,
            }
            : { failure: body.detail ?? `The server answered ${response.status}.` };
    } catch {
        return { failure: 'The file could not be read or sent.' };
    } finally {
        input.value = '';
    }
};
