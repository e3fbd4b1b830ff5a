// The styles of the Payment Element. The class names are those that pages use in `appearance.rules`:
// https://docs.stripe.com/elements/appearance-api.

const FORM_STYLES_TEXT = `
  .Tab, .AccordionButton {
    align-items: center; background: none; border: 0; color: inherit; cursor: pointer; display: flex; font: inherit;
    gap: 0.6em; min-width: 0; text-align: start; width: 100%;
    padding: calc(var(--spacingUnit, 4px) * 2.5) calc(var(--spacingUnit, 4px) * 3);
  }
  .Tab { font-weight: var(--fontWeightMedium, 500); }
  .Tabs {
    display: grid; gap: var(--tabSpacing, var(--spacingTab, 0.5em));
    grid-template-columns: repeat(auto-fit, minmax(9em, 1fr)); margin-bottom: 0.75em;
  }
  .Tab, .AccordionItem {
    background: var(--colorBackground, #fff); border: 1px solid var(--inputColorBorder, #8a94a6);
    border-radius: var(--borderRadius, 6px);
  }
  .AccordionItem { background: var(--itemBackground, var(--colorBackground, #fff)); }
  .Tab:focus-visible, .AccordionButton:focus-visible {
    border-radius: var(--borderRadius, 6px); box-shadow: var(--focusBoxShadow, none); outline-offset: 1px;
    outline: var(--focusOutline, 2px solid var(--colorPrimary, #2456d6));
  }
  .Tab--selected {
    border-color: var(--colorPrimary, #2456d6); box-shadow: inset 0 0 0 1px var(--colorPrimary, #2456d6);
    color: var(--colorPrimary, #2456d6);
  }
  .Tab:disabled, .AccordionButton:disabled { cursor: default; opacity: 0.6; }
  .Accordion:not(.Accordion--spaced) .AccordionItem:not(:first-child) {
    border-top-left-radius: 0; border-top-right-radius: 0; border-top-width: 0;
  }
  .Accordion:not(.Accordion--spaced) .AccordionItem:not(:last-child) {
    border-bottom-left-radius: 0; border-bottom-right-radius: 0;
  }
  .Accordion--spaced .AccordionItem:not(:first-child) {
    margin-top: var(--accordionItemSpacing, var(--spacingAccordionItem, 0.6em));
  }
  .AccordionButton {
    color: var(--accordionItemLabelColorText, inherit); font-size: var(--accordionItemLabelFontSize, inherit);
    font-weight: var(--accordionItemLabelFontWeight, var(--fontWeightMedium, 500));
  }
  .AccordionItem--selected .AccordionButton {
    color: var(--accordionItemLabelSelectedColorText, var(--colorPrimary, #2456d6));
    font-weight: var(
      --accordionItemLabelSelectedFontWeight, var(--accordionItemLabelFontWeight, var(--fontWeightMedium, 500))
    );
  }
  .AccordionItem .Panel { padding: 0.25em calc(var(--spacingUnit, 4px) * 3) calc(var(--spacingUnit, 4px) * 3); }
  .RadioIcon { border: 1px solid currentcolor; border-radius: 50%; flex: none; height: 1em; width: 1em; }
  .AccordionItem--selected .RadioIcon { border-width: 0.3em; }
  .Terms { color: var(--colorTextSecondary, #525c6f); font-size: 0.8em; margin: 0.75em 0 0; }
`;
const FORM_STYLES = sheetOf(FORM_STYLES_TEXT);
