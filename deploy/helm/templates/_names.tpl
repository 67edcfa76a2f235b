{{/* What all names begin with: a part of a host's name, and short enough for a CronJob's, which has at most 52 letters. */}}
{{- define "ape.name" -}}
{{- $name := ternary .Release.Name (printf "%s-ape" .Release.Name) (contains "ape" .Release.Name) -}}
{{- $name | replace "." "-" | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects the pods of this release: a dictionary of `root` and the program's name. */}}
{{- define "ape.selector" -}}
app.kubernetes.io/name: {{ .of }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{/* The labels of pods, which no new version of the chart changes: that would start them anew. */}}
{{- define "ape.podLabels" -}}
{{ include "ape.selector" . }}
app.kubernetes.io/part-of: ape
{{- end -}}

{{/* The labels of an object; `of` names the program that it belongs to, if it is one's. */}}
{{- define "ape.labels" -}}
{{- with .of }}
app.kubernetes.io/name: {{ . }}
{{- end }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: ape
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* An object's metadata: a dictionary of `root`, `name` (what follows the release's), `of`, `labels`, `annotations`. */}}
{{- define "ape.metadata" -}}
metadata:
  name: {{ include "ape.name" .root }}{{ with .name }}-{{ . }}{{ end }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "ape.labels" . | trim | nindent 4 }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "ape.image" -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}

{{- define "ape.scenarioMap" -}}
{{- .Values.scenario.existingConfigMap | default (printf "%s-scenario" (include "ape.name" .)) -}}
{{- end -}}

{{/* The scenario that the chart makes a ConfigMap of; the demo's asks for the demo by its service's name. */}}
{{- define "ape.scenario" -}}
{{- if .Values.demo.enabled -}}
{{- .Files.Get "files/demo.yml" | replace "//demo:" (printf "//%s-demo:" (include "ape.name" .)) -}}
{{- else -}}
{{- .Values.scenario.inline -}}
{{- end -}}
{{- end -}}

{{- define "ape.tokenSecret" -}}
{{- .Values.token.existingSecret | default (printf "%s-fleet" (include "ape.name" .)) -}}
{{- end -}}

{{- define "ape.keysSecret" -}}
{{- .Values.keys.existingSecret | default (printf "%s-inference" (include "ape.name" .)) -}}
{{- end -}}

{{- define "ape.coordinatorSecret" -}}
{{- .Values.tls.coordinatorSecret | default (printf "%s-coordinator-tls" (include "ape.name" .)) -}}
{{- end -}}

{{- define "ape.workerSecret" -}}
{{- .Values.tls.workerSecret | default (printf "%s-worker-tls" (include "ape.name" .)) -}}
{{- end -}}

{{/* How many workers the coordinator waits for. */}}
{{- define "ape.awaited" -}}
{{- $all := ternary .Values.workers.autoscaling.minReplicas .Values.workers.replicas .Values.workers.autoscaling.enabled -}}
{{- .Values.coordinator.workers | default $all | int -}}
{{- end -}}

{{/* What no schema says: values that do not go together. */}}
{{- define "ape.check" -}}
{{- if not .Values.image.repository -}}
{{- fail "image.repository is not given: name the image of compose/Dockerfile, such as registry.example.net/ape" -}}
{{- end -}}
{{- if .Values.demo.enabled -}}
{{- if or .Values.scenario.inline .Values.scenario.existingConfigMap -}}
{{- fail "demo.enabled brings its own scenario: give none" -}}
{{- end -}}
{{- else if eq (empty .Values.scenario.inline) (empty .Values.scenario.existingConfigMap) -}}
{{- fail "one of scenario.inline (--set-file scenario.inline=ape.yml) and scenario.existingConfigMap must be given" -}}
{{- end -}}
{{- if eq (empty .Values.token.value) (empty .Values.token.existingSecret) -}}
{{- fail "one of token.existingSecret and token.value must be given: openssl rand -hex 32 makes a token" -}}
{{- end -}}
{{- if and .Values.keys.values .Values.keys.existingSecret -}}
{{- fail "keys.values and keys.existingSecret are both given: a worker's keys come from one Secret" -}}
{{- end -}}
{{- $workers := ternary .Values.workers.autoscaling.minReplicas .Values.workers.replicas .Values.workers.autoscaling.enabled -}}
{{- if gt (include "ape.awaited" . | int) (int $workers) -}}
{{- fail (printf "coordinator.workers is %s, and there are %d workers: a run would wait for workers that never come" (include "ape.awaited" .) (int $workers)) -}}
{{- end -}}
{{- if and .Values.workers.autoscaling.enabled (gt (int .Values.workers.autoscaling.minReplicas) (int .Values.workers.autoscaling.maxReplicas)) -}}
{{- fail "workers.autoscaling.minReplicas is above maxReplicas" -}}
{{- end -}}
{{- end -}}
