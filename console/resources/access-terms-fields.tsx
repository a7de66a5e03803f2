import { Checkbox, NumberInput, Stack, TextInput } from '@mantine/core';
import { DurationField } from '../elements/duration-field.tsx';
import type { useResourceForm } from './use-resource-form.ts';

/** How it is given: by how many, for how long, and what a reason has to hold. Left empty, the policy's own terms count. */
export function AccessTermsFields({ form }: Pick<ReturnType<typeof useResourceForm>, 'form'>) {
  const { terms } = form.values;
  const check = (name: string) => form.getInputProps(name, { type: 'checkbox' });
  return (
    <Stack gap="lg">
      <NumberInput
        label="Approvals"
        description="By different people. Left empty: one, or what the policy says."
        // Left as typed, also when it can't be meant.
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        hideControls
        inputMode="numeric"
        data-field="terms.approvals"
        {...numberProps(form, 'terms.approvals')}
      />
      <DurationField
        label="Longest access (Permanent: no limit)"
        value={terms.longest}
        onChange={(longest) => form.setFieldValue('terms.longest', longest)}
        ceilingSeconds={null}
        error={(form.errors['terms.longest'] as string | undefined) ?? null}
      />
      <Checkbox
        label="Approve automatically"
        description="Given at once, without a review, up to the longest access."
        {...check('terms.autoApprove')}
      />
      <Checkbox
        label="Allow break-glass"
        description="May be taken at once in an emergency, and is reviewed afterwards."
        {...check('terms.breakGlass')}
      />
      {terms.breakGlass && (
        <NumberInput
          label="Break-glass, for how many minutes"
          description="Left empty: an hour."
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
          hideControls
          inputMode="numeric"
          data-field="terms.breakGlassMinutes"
          {...numberProps(form, 'terms.breakGlassMinutes')}
        />
      )}
      <TextInput
        label="What the form asks for in a reason"
        description="Such as: Ticket number, and what you will do."
        maxLength={300}
        {...form.getInputProps('terms.reasonPrompt')}
      />
      <TextInput
        label="What a reason must match"
        description="A regular expression (RE2), such as ^INC-[0-9]+ with a space behind it. Left empty: any reason will do."
        autoCapitalize="none"
        spellCheck={false}
        maxLength={300}
        {...form.getInputProps('terms.reasonPattern')}
      />
      {terms.reasonPattern !== '' && (
        <TextInput label="A reason that matches" maxLength={200} {...form.getInputProps('terms.reasonExample')} />
      )}
      <Checkbox
        label="Low risk"
        description="Requests for it may be decided from a chat message."
        {...check('terms.lowRisk')}
      />
      <Checkbox
        label="Locked"
        description="Nobody gets through, whatever they were granted."
        {...check('terms.locked')}
      />
    </Stack>
  );
}

type Form = ReturnType<typeof useResourceForm>['form'];

/** A number field holds a number or nothing; text that is no number is nothing. */
function numberProps(form: Form, name: 'terms.approvals' | 'terms.breakGlassMinutes') {
  const { onChange: _onChange, ...props } = form.getInputProps(name);
  return {
    ...props,
    onChange: (value: string | number) => form.setFieldValue(name, typeof value === 'number' ? value : ''),
  };
}
