// Finds the way back to the service: to the same session where the service still has it, to a fresh page where it was restarted.
const notice = document.getElementById("components-reconnect-modal");
let trying = false;

notice.addEventListener("components-reconnect-state-changed", event => {
    switch (event.detail.state) {
        case "show":
        case "failed":
            comeBack();
            break;
        case "rejected":
        case "resume-failed":
            location.reload();
            break;
    }
});

// Where the service went between the first painting and the connection, Blazor has nothing to come back to.
const patience = 20_000;
setTimeout(async function untilLive() {
    if (document.querySelector("main")?.dataset.live !== "true") {
        if (await answers()) {
            location.reload();
        } else {
            setTimeout(untilLive, 1000);
        }
    }
}, patience);

async function comeBack() {
    if (trying) {
        return;
    }

    trying = true;
    while (!await answers()) {
        await new Promise(resolve => setTimeout(resolve, 1000));
    }

    trying = false;
    try {
        if (!await Blazor.reconnect()) {
            location.reload();
        }
    } catch {
        await new Promise(resolve => setTimeout(resolve, 1000));
        // Where the session has ended, the page leads to the sign-in.
        const page = await fetch(location.href, { redirect: "manual", headers: { Accept: "text/html" } }).catch(() => null);
        if (page && !page.ok) {
            location.reload();
        } else {
            comeBack();
        }
    }
}

async function answers() {
    try {
        return (await fetch("health/live", { cache: "no-store" })).ok;
    } catch {
        return false;
    }
}
