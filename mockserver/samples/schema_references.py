"""The schemas that a schema names: by reference, and by the value of a discriminator."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document.discriminators import ANYTHING, Discriminator, Discriminators, json_values
from mockserver.contract.document.member_values import MemberValues
from mockserver.contract.document.references import resolve_pointer
from mockserver.errors import SpecError
from mockserver.samples.keywords import shown
from mockserver.samples.sample_context import NoSample


class SchemaReferences:
    """Looks up schemas of one document, whose references are all local."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._discriminators = Discriminators(document)
        self._values = MemberValues(self._discriminators)

    def target(self, ref: Any) -> Any:
        """The schema that a `$ref` points to. Raises NoSample when there is none."""
        if not isinstance(ref, str) or not ref.startswith("#"):
            raise NoSample(f"the $ref {shown(ref)} leads out of the document")
        try:
            return resolve_pointer(self._document, ref)
        except SpecError as error:
            raise NoSample(str(error)) from None

    def followed(self, schema: Any) -> Any:
        """The schema at the end of a chain of references. A broken or circular chain ends where it breaks."""
        seen: set[str] = set()
        while isinstance(schema, Mapping) and isinstance(ref := schema.get("$ref"), str) and ref not in seen:
            seen.add(ref)
            try:
                schema = self.target(ref)
            except NoSample:
                break
        return schema

    def discriminator(self, schema: Any) -> Discriminator | None:
        """The discriminator of a schema; None if it has none that can select a schema."""
        return self._discriminators.of(schema)

    def selected(self, discriminator: Discriminator, branches: list[Any]) -> Iterator[tuple[Any, Any]]:
        """Each branch that the discriminator can select, with a schema that requires a selecting value."""
        member, selecting = discriminator.member, discriminator.selecting()
        for branch in branches:
            values = [value for text in selecting.get(id(branch), ()) for value in json_values(text)]
            listed = self._values.listed(branch, member)
            if listed is not None:
                values = [value for value in values if value in listed]
            if values:
                yield branch, {"type": "object", "required": [member], "properties": {member: {"enum": values}}}

    def family_choices(self, discriminator: Discriminator, refs: tuple[str, ...]) -> list[Any]:
        """What a base selects, the base itself last; only the first descendant that `refs` lead to, if there is one."""
        choices = list({id(choice): choice for choice in discriminator.choices.values()}.values())
        for ref in refs:
            descendant = self.followed({"$ref": ref})
            chosen = [choice for choice in choices if choice and self.followed(choice) is descendant]
            if chosen:
                return chosen
        return sorted(choices, key=lambda choice: choice is ANYTHING)
