"""The layout of the payment element: tabs or an accordion, folded or open, through Stripe's own packages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Pages, enter_card

# Mounts a payment element with `options` in a group with `group`, and waits for it.
MOUNT = """async ([options, group]) => {
    document.body.replaceChildren();
    window.events = [];
    window.elements = stripe.elements(group || {clientSecret: secret});
    window.payment = elements.create("payment", options);
    payment.on("change", ({collapsed, empty, complete, value}) => {
        events.push([collapsed, empty, complete, value.type]);
    });
    const ready = new Promise((resolve, reject) => payment.on("ready", resolve).on("loaderror", reject));
    payment.mount(place("form"));
    await ready;
}"""
# How the methods are listed, which one is open, and how many radios are visible.
SHOWN = """() => {
    const root = document.querySelector("#form > div").shadowRoot;
    const open = root.querySelector("[aria-selected=true], [aria-expanded=true]");
    const kind = ["tablist", "group"].find((role) => root.querySelector(`[role=${role}]`));
    const list = {tablist: "tabs", group: "accordion"}[kind] || "none";
    return [list, open && open.textContent, root.querySelectorAll(".RadioIcon").length];
}"""
ONE_METHOD = {"mode": "setup", "currency": "eur"}
TABS = ["tabs", "Card", 0]
ACCORDION = ["accordion", "Card", 2]
FOLDED = ["accordion", None, 2]

# The option, what is shown before basil, and what is shown since basil.
LAYOUTS: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "no layout": (None, TABS, FOLDED),
    "auto": ("auto", TABS, FOLDED),
    "tabs": ("tabs", TABS, TABS),
    "accordion": ("accordion", ACCORDION, FOLDED),
    "type auto": ({"type": "auto"}, TABS, FOLDED),
    "type tabs": ({"type": "tabs"}, TABS, TABS),
    "open accordion": ({"type": "accordion", "defaultCollapsed": False}, ACCORDION, ACCORDION),
    "folded accordion": ({"type": "accordion", "defaultCollapsed": True}, FOLDED, FOLDED),
    "folded tabs": ({"type": "tabs", "defaultCollapsed": True}, ["tabs", None, 0], ["tabs", None, 0]),
    "no radios": (
        {"type": "accordion", "defaultCollapsed": False, "radios": "never"},
        ["accordion", "Card", 0],
        ["accordion", "Card", 0],
    ),
    "radios": ({"type": "accordion", "defaultCollapsed": False, "radios": "always"}, ACCORDION, ACCORDION),
    "radios of several": (
        {"type": "accordion", "defaultCollapsed": False, "radios": "if_multiple"},
        ACCORDION,
        ACCORDION,
    ),
}
LAYOUTS_OF_ONE: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "no layout": (None, ["none", None, 0], ["accordion", "Card", 0]),
    "tabs": ("tabs", ["none", None, 0], ["none", None, 0]),
    "folded tabs": ({"type": "tabs", "defaultCollapsed": True}, ["none", None, 0], ["none", None, 0]),
    "accordion": ("accordion", ["accordion", "Card", 0], ["accordion", "Card", 0]),
    "folded": ({"type": "accordion", "defaultCollapsed": True}, ["accordion", None, 0], ["accordion", None, 0]),
    "radios": ({"type": "accordion", "radios": "always"}, ["accordion", "Card", 1], ["accordion", "Card", 1]),
    "radios of several": (
        {"type": "accordion", "radios": "if_multiple"},
        ["accordion", "Card", 0],
        ["accordion", "Card", 0],
    ),
}


@pytest.mark.parametrize("train", ["v3", "acacia", "basil", "endive"])
def test_the_layout_of_each_train(packaged: Callable[[str], Page], train: str) -> None:
    """Tabs are the default before basil; since basil, it is an accordion that is folded if it has several methods."""
    page, seen, expected = packaged(train), {}, {}
    for group, layouts in ((None, LAYOUTS), (ONE_METHOD, LAYOUTS_OF_ONE)):
        for name, (layout, before, after) in layouts.items():
            page.evaluate(MOUNT, [{"layout": layout} if layout else {}, group])
            case = f"{name}, {'several methods' if group is None else 'one method'}"
            seen[case] = page.evaluate(SHOWN)
            expected[case] = before if train in ("v3", "acacia") else after

    assert expected == seen


def test_radios_as_a_boolean_before_dahlia(packaged: Callable[[str], Page]) -> None:
    """Until clover, the option says whether there are radios."""
    page, counts = packaged("clover"), {}
    for radios in (True, False):
        page.evaluate(MOUNT, [{"layout": {"type": "accordion", "radios": radios}}, None])
        counts[radios] = page.evaluate(SHOWN)[2]

    assert {True: 2, False: 0} == counts


@pytest.mark.parametrize(
    ("train", "told"), [("v3", "accepted"), ("dahlia", "IntegrationError"), ("endive", "IntegrationError")]
)
def test_radios_as_a_boolean_since_dahlia(packaged: Callable[[str], Page], train: str, told: str) -> None:
    """Since dahlia, layout.radios is a word; a boolean is refused in create() and in update()."""
    script = """() => {
        const options = {layout: {type: "accordion", radios: true}};
        const elements = stripe.elements({clientSecret: secret});
        const outcome = (call) => { try { call(); return "accepted" } catch (error) { return error.name } };
        const created = outcome(() => elements.create("payment", options).destroy());
        return [created, outcome(() => elements.create("payment").update(options))];
    }"""

    assert [told, told] == packaged(train).evaluate(script)


def test_changes_of_a_folded_form(endive: Page) -> None:
    """The first change event tells the first method; then each event tells whether the form is folded."""
    endive.evaluate(MOUNT, [{}, None])
    endive.get_by_role("button", name="SEPA Direct Debit").click()
    endive.get_by_label("IBAN").fill("DE89370400440532013000")
    endive.evaluate("payment.collapse()")
    expect(endive.get_by_label("IBAN")).to_be_hidden()
    endive.get_by_role("button", name="SEPA Direct Debit").click()
    expect(endive.get_by_label("IBAN")).to_have_value("DE89 3704 0044 0532 0130 00")

    assert [
        [True, True, False, "card"],
        [False, True, False, "sepa_debit"],
        [False, False, True, "sepa_debit"],
        [True, False, False, "sepa_debit"],
        [False, False, True, "sepa_debit"],
    ] == endive.evaluate("events")


CONFIRM = """async () => {
    const {error} = await stripe.confirmSetup({elements, redirect: "if_required"});
    return error ? error.code : "confirmed";
}"""
SUBMIT = "elements.submit().then(({error}) => error ? error.code : 'submitted')"


@pytest.mark.parametrize("call", [SUBMIT, CONFIRM])
def test_a_folded_form_is_not_valid(endive: Page, pages: Pages, call: str) -> None:
    """The form opens the first method, focuses its first field and shows its errors; nothing is confirmed."""
    endive.evaluate(MOUNT, [{}, None])

    assert "incomplete_number" == endive.evaluate(call)
    expect(endive.get_by_label("Card number")).to_be_focused()
    expect(endive.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    assert [] == [request.url for request in pages.requests if request.url.endswith("/confirm")]


def test_a_complete_form_that_is_folded(each_train: Page, pages: Pages) -> None:
    """After collapse(), a complete form is opened first, with an error of the mock; the next call confirms it."""
    each_train.evaluate(MOUNT, [{}, None])
    enter_card(each_train)
    each_train.evaluate("payment.collapse()")
    expect(each_train.get_by_label("Card number")).to_be_hidden()
    outcomes = [each_train.evaluate(CONFIRM)]
    expect(each_train.get_by_label("Card number")).to_be_focused()
    outcomes.append(each_train.evaluate(CONFIRM))

    assert ["payment_method_not_selected", "confirmed"] == outcomes
    assert 1 == len([request for request in pages.requests if request.url.endswith("/confirm")])


def test_a_single_card_is_never_hidden_for_good(each_train: Page) -> None:
    """Tabs of one method have no button to open the form again, so collapse() does nothing."""
    each_train.evaluate(MOUNT, [{"layout": "tabs"}, ONE_METHOD])
    each_train.evaluate("payment.collapse()")

    expect(each_train.get_by_label("Card number")).to_be_visible()


def test_collapse_before_the_form_is_ready(each_train: Page) -> None:
    """A form that is collapsed while it loads is folded when it is ready, whatever its layout."""
    for layout in ("tabs", "accordion"):
        each_train.evaluate(
            """async (layout) => {
                document.body.replaceChildren();
                const payment = stripe.elements({clientSecret: secret}).create("payment", {layout});
                const changed = new Promise((resolve) => payment.on("change", resolve));
                payment.mount(place("form"));
                payment.collapse();
                window.collapsed = (await changed).collapsed;
            }""",
            layout,
        )
        assert [layout, None] == each_train.evaluate(SHOWN)[:2]
        assert each_train.evaluate("collapsed") is True


def test_the_keyboard_opens_an_accordion_item(endive: Page) -> None:
    """Each item is a button: Tab reaches it, Enter and Space open it, and its fields follow."""
    endive.evaluate(MOUNT, [{}, None])
    endive.evaluate("payment.focus()")
    card, debit = (endive.get_by_role("button", name=name, exact=True) for name in ("Card", "SEPA Direct Debit"))
    expect(card).to_be_focused()
    endive.keyboard.press("Tab")
    expect(debit).to_be_focused()
    endive.keyboard.press("Space")
    endive.keyboard.press("Tab")
    expect(endive.get_by_label("IBAN")).to_be_focused()
    endive.keyboard.press("Shift+Tab")
    endive.keyboard.press("Shift+Tab")
    endive.keyboard.press("Enter")
    endive.keyboard.press("Tab")

    expect(endive.get_by_label("Card number")).to_be_focused()
    expect(endive.get_by_role("group", name="Card")).to_be_visible()
    expect(debit).to_have_attribute("aria-expanded", "false")


def test_the_keyboard_selects_a_tab(each_train: Page) -> None:
    """One tab is in the order of Tab; arrows, Home and End select another one."""
    each_train.evaluate(MOUNT, [{"layout": "tabs"}, None])
    card, debit = (each_train.get_by_role("tab", name=name) for name in ("Card", "SEPA Direct Debit"))
    card.focus()
    for key, tab, label in (
        ("ArrowRight", debit, "IBAN"),
        ("ArrowRight", card, "Card number"),
        ("ArrowLeft", debit, "IBAN"),
        ("Home", card, "Card number"),
        ("End", debit, "IBAN"),
    ):
        each_train.keyboard.press(key)
        expect(tab).to_be_focused()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(each_train.get_by_label(label)).to_be_visible()
    each_train.keyboard.press("Tab")

    expect(each_train.get_by_label("IBAN")).to_be_focused()


def test_more_methods_than_visible_items(endive: Page) -> None:
    """The button More shows the other items, and focuses the first of them."""
    counts = {}
    for count in (0, 1, 2):
        endive.evaluate(MOUNT, [{"layout": {"type": "accordion", "visibleAccordionItemsCount": count}}, None])
        counts[count] = endive.get_by_role("button").all_text_contents()
    endive.evaluate(MOUNT, [{"layout": {"type": "accordion", "visibleAccordionItemsCount": 1}}, None])
    debit = endive.get_by_role("button", name="SEPA Direct Debit")
    expect(debit).to_be_hidden()
    endive.get_by_role("button", name="More").click()

    expect(debit).to_be_focused()
    expect(endive.get_by_role("button", name="More")).to_have_count(0)
    both = ["Card", "SEPA Direct Debit"]
    assert {0: both, 1: ["Card", "More"], 2: both} == counts


def test_spaced_items(endive: Page) -> None:
    """With spacedAccordionItems, there is space between the items; appearance.variables sets its size."""
    gap = """() => {
        const root = document.querySelector("#form > div").shadowRoot;
        const items = [...root.querySelectorAll(".AccordionItem")];
        const [first, second] = items.map((item) => item.getBoundingClientRect());
        return Math.round(second.top - first.bottom);
    }"""
    appearance = {"variables": {"accordionItemSpacing": "23px"}}
    gaps = []
    for spaced in (False, True):
        layout = {"type": "accordion", "spacedAccordionItems": spaced}
        endive.evaluate(
            MOUNT,
            [
                {"layout": layout},
                {**ONE_METHOD, "allowedPaymentMethodTypes": ["card", "sepa_debit"], "appearance": appearance},
            ],
        )
        gaps.append(endive.evaluate(gap))

    assert [0, 23] == gaps


def test_other_methods_fold_an_untouched_form(endive: Page) -> None:
    """A form that gets a second method is folded, unless the customer has typed; default values are not typed."""
    country = {"billingDetails": {"address": {"country": "US", "postal_code": "94110"}}}
    folded = []
    for typed in ("", "4"):
        endive.evaluate(MOUNT, [{"defaultValues": country}, {**ONE_METHOD, "allowedPaymentMethodTypes": ["card"]}])
        endive.get_by_label("Card number").press_sequentially(typed)
        endive.evaluate("elements.update({allowedPaymentMethodTypes: ['card', 'sepa_debit']})")
        folded.append(endive.get_by_label("Card number").is_hidden())
    endive.evaluate(MOUNT, [{"defaultValues": country}, None])

    assert [True, False] == folded
    assert FOLDED == endive.evaluate(SHOWN)


def test_another_layout_keeps_what_was_typed(each_train: Page) -> None:
    """After an update of `layout` or `paymentMethodOrder`, the fields still have what was typed."""
    each_train.evaluate(MOUNT, [{"layout": "tabs"}, None])
    each_train.get_by_label("Card number").fill("4242424242424242")
    each_train.evaluate("payment.update({layout: {type: 'accordion', radios: 'never'}})")
    expect(each_train.get_by_role("tab")).to_have_count(0)
    assert ["accordion", "Card", 0] == each_train.evaluate(SHOWN)
    each_train.evaluate("payment.update({paymentMethodOrder: ['sepa_debit', 'card']})")

    assert ["SEPA Direct Debit", "Card"] == each_train.get_by_role("button").all_text_contents()
    expect(each_train.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")


REACT = """() => {
    window.events = [];
    const h = createElement;
    const onChange = ({collapsed, value}) => events.push([collapsed, value.type]);
    const root = createRoot(place("app"));
    window.render = (options) => root.render(
        h(Elements, {stripe, options: {clientSecret: secret}}, h(PaymentElement, {options, onChange}))
    );
    render({layout: {type: "accordion", defaultCollapsed: true}});
}"""


def test_the_layout_through_react(each_train: Page) -> None:
    """React's PaymentElement passes the layout and its updates on."""
    each_train.evaluate(REACT)
    each_train.get_by_role("button", name="SEPA Direct Debit").click()
    each_train.get_by_label("IBAN").fill("DE89")
    each_train.evaluate("render({layout: 'tabs'})")

    expect(each_train.get_by_role("tab", name="SEPA Direct Debit")).to_have_attribute("aria-selected", "true")
    expect(each_train.get_by_label("IBAN")).to_have_value("DE89")
    assert [[True, "card"], [False, "sepa_debit"]] == each_train.evaluate("events")[:2]
